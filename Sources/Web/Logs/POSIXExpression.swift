import Glibc

/// An extended regular expression of POSIX (IEEE Std 1003.1, chapter 9.4), without regard to case, on bytes.
///
/// The C library's matcher is not linear for every expression, so those that can take for ever are refused: references back,
/// and large or many repetitions.
final class POSIXExpression {
    private var expression = regex_t()

    static let lengthLimit = 256

    /// - Throws: `Problem`, which says what is wrong in words for the one who wrote it.
    init(_ pattern: String) throws(Problem) {
        guard pattern.utf8.count <= Self.lengthLimit, !pattern.utf8.contains(0) else {
            throw Problem("an expression has at most \(Self.lengthLimit) bytes")
        }
        guard pattern.firstMatch(of: #/\\[1-9]/#) == nil else { throw Problem("references back are not supported") }
        let repetitions = pattern.matches(of: #/\{(\d*),?(\d*)\}/#)
        guard repetitions.count <= 2,
            repetitions.allSatisfy({ [$0.1, $0.2].allSatisfy { $0.isEmpty || Int($0).map { $0 <= 100 } == true } })
        else { throw Problem("at most two {n,m}, up to 100") }
        let code = regcomp(&expression, pattern, REG_EXTENDED | REG_ICASE)
        guard code == 0 else {
            var text = [CChar](repeating: 0, count: 200)
            regerror(code, &expression, &text, text.count)
            throw Problem(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
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
