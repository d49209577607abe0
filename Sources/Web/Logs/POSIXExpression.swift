import Glibc

/// An extended regular expression of POSIX (IEEE Std 1003.1, chapter 9.4), without regard to case, on bytes.
///
/// The C library's matcher is not linear for every expression, so those that can take for ever are refused: references back,
/// and repetitions that make it large. Of the others it is asked for one that begins with anything, so that it goes over a
/// line once and not once for each of its bytes.
final class POSIXExpression {
    private var expression = regex_t()
    private let pattern: String

    static let lengthLimit = 256
    /// Of its parts, each counted as often as it is repeated: the matcher's memory grows with the square.
    static let sizeLimit = 1_000

    /// - Throws: `Problem`, which says what is wrong in words for the one who wrote it.
    init(_ pattern: String) throws(Problem) {
        guard pattern.utf8.count <= Self.lengthLimit, !pattern.utf8.contains(0), !pattern.utf8.contains(10) else {
            throw Problem("an expression has one line of at most \(Self.lengthLimit) bytes")
        }
        guard pattern.firstMatch(of: #/\\[1-9]/#) == nil else { throw Problem("references back are not supported") }
        guard ExpressionSize.size(Array(pattern.utf8)) <= Self.sizeLimit else {
            throw Problem(
                "the repetitions {n,m} make more than \(Self.sizeLimit) parts: repeat less, or not within each other")
        }
        // What is wrong with it is told of what was written.
        var written = regex_t()
        try Self.compile(pattern, &written)
        regfree(&written)
        self.pattern = "^[^\n]*(\(pattern))"
        try Self.compile(self.pattern, &expression)
    }

    private static func compile(_ pattern: String, _ expression: inout regex_t) throws(Problem) {
        let code = regcomp(&expression, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB)
        guard code == 0 else {
            var text = [CChar](repeating: 0, count: 200)
            regerror(code, &expression, &text, text.count)
            throw Problem(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    /// Gives back the memory that the matcher took while it looked at lines: it keeps every state that it was in.
    func renew() {
        var fresh = regex_t()
        guard (try? Self.compile(pattern, &fresh)) != nil else { return }
        regfree(&expression)
        expression = fresh
    }

    deinit { regfree(&expression) }

    /// Whether it is somewhere in these bytes.
    func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        // With REG_STARTEND the text need not end with a zero, and may hold some.
        var range = regmatch_t(rm_so: 0, rm_eo: regoff_t(bytes.count))
        return regexec(&expression, base.assumingMemoryBound(to: CChar.self), 1, &range, REG_STARTEND) == 0
    }

    struct Problem: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
