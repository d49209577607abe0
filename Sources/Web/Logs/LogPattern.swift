/// What is looked for in a log: a line has it or has it not.
struct LogPattern {
    /// A line without any of these, in lower case, need not be looked at closely; empty: every line is.
    private let needles: [[UInt8]]
    private let isIn: (UnsafeRawBufferPointer) -> Bool
    private var expressions: [POSIXExpression] = []

    /// Bytes that are looked at before the time is: one line takes milliseconds when an expression is meant to be slow.
    private static let stride = 16 << 10
    /// An expression that takes longer for so many bytes was in many states, and has kept them all.
    private static let slow = Duration.milliseconds(50)

    /// Lines that hold this text, without regard to the case of ASCII letters.
    init(text: String) {
        needles = [Self.lowercase(Array(text.utf8))]
        isIn = { _ in true }
    }

    /// Lines that match.
    init(expression: POSIXExpression) {
        needles = []
        isIn = { expression.matches($0) }
        expressions = [expression]
    }

    /// Lines that tell of an error in the ways that compilers, test runners and shells have.
    static func errors() throws(POSIXExpression.Problem) -> LogPattern {
        let bad = try POSIXExpression(
            #"\b(errors?|fatal|fail(ed|ures?)|panic(ked)?|traceback|exception|assertion(error)?|segmentation fault|command not found|no such file or directory|permission denied|cannot|undefined reference|not ok)\b|\*\*\*|✗|✘"#
        )
        let fine = try POSIXExpression(
            #"\b(0|no|without) (errors?|failed|failures?)\b|\b(errors?|failed|failures?)[:=] ?0\b"#)
        let words = [
            "error", "fatal", "fail", "panic", "traceback", "exception", "assertion", "segmentation fault", "not found",
            "no such file", "denied", "cannot", "undefined", "not ok", "***", "✗", "✘",
        ]
        var pattern = LogPattern(needles: words.map { Array($0.utf8) }) { bad.matches($0) && !fine.matches($0) }
        pattern.expressions = [bad, fine]
        return pattern
    }

    private init(needles: [[UInt8]], _ isIn: @escaping (UnsafeRawBufferPointer) -> Bool) {
        self.needles = needles
        self.isIn = isIn
    }

    /// The lines that were looked at.
    struct Found {
        /// The numbers, from 0, of those which have it, in order.
        var hits: [Int] = []
        /// How many there were.
        var count = 0
        /// Where the next one begins.
        var end = 0
    }

    /// Looks at lines until that time, and at one in any case.
    ///
    /// - Parameter bytes: whole lines.
    func lines(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Found {
        let candidates = needles.isEmpty ? nil : self.candidates(bytes)
        var found = Found()
        var next = 0
        var looked = 0
        var time = ContinuousClock.now
        var isLate = false
        bytes.withUnsafeBytes { buffer in
            LineBreaks.forEach(buffer) { end in
                guard !isLate else { return }
                let start = found.end
                defer {
                    found.end = end + 1
                    found.count += 1
                }
                if let candidates {
                    guard next < candidates.count, candidates[next] <= end else { return }
                    while next < candidates.count, candidates[next] <= end { next += 1 }
                }
                let line = buffer[start..<min(end, start + LogWindow.lineLimit)]
                if isIn(UnsafeRawBufferPointer(rebasing: line)) { found.hits.append(found.count) }
                looked += line.count + 1
                guard looked >= Self.stride else { return }
                looked = 0
                let now = ContinuousClock.now
                if time.duration(to: now) > Self.slow { for expression in expressions { expression.renew() } }
                time = now
                isLate = now >= deadline
            }
        }
        return found
    }

    /// Places of the needles, ascending; not more than one in a line for each of them.
    private func candidates(_ bytes: [UInt8]) -> [Int] {
        let lower = Self.lowercase(bytes)
        var places: [Int] = []
        lower.withUnsafeBytes { buffer in
            for needle in needles {
                var from = 0
                while let found = ByteSearch.first(needle, in: buffer, from: from) {
                    places.append(found)
                    guard let end = buffer[found...].firstIndex(of: 0x0A) else { break }
                    from = end
                }
            }
        }
        return needles.count == 1 ? places : places.sorted()
    }

    private static func lowercase(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }
}
