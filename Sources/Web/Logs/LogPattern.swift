/// What is looked for in a log: a line has it or has it not.
struct LogPattern {
    /// A line without any of these, in lower case, need not be looked at closely; empty: every line is.
    private let needles: [[UInt8]]
    private let isIn: (UnsafeRawBufferPointer) -> Bool

    /// Lines that hold this text, without regard to the case of ASCII letters.
    init(text: String) {
        needles = [Self.lowercase(Array(text.utf8))]
        isIn = { _ in true }
    }

    /// Lines that match.
    init(expression: POSIXExpression) {
        needles = []
        isIn = { expression.matches($0) }
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
        return LogPattern(needles: words.map { Array($0.utf8) }) { bad.matches($0) && !fine.matches($0) }
    }

    private init(needles: [[UInt8]], _ isIn: @escaping (UnsafeRawBufferPointer) -> Bool) {
        self.needles = needles
        self.isIn = isIn
    }

    /// The numbers, from 0, of the lines which have it, in order, and how many lines there are.
    ///
    /// - Parameter bytes: whole lines.
    func lines(_ bytes: [UInt8]) -> (hits: [Int], count: Int) {
        let candidates = needles.isEmpty ? nil : self.candidates(bytes)
        var hits: [Int] = []
        var count = 0
        var start = 0
        var next = 0
        bytes.withUnsafeBytes { buffer in
            LineBreaks.forEach(buffer) { end in
                defer {
                    start = end + 1
                    count += 1
                }
                if let candidates {
                    guard next < candidates.count, candidates[next] <= end else { return }
                    while next < candidates.count, candidates[next] <= end { next += 1 }
                }
                let line = buffer[start..<min(end, start + LogWindow.lineLimit)]
                if isIn(UnsafeRawBufferPointer(rebasing: line)) { hits.append(count) }
            }
        }
        return (hits, count)
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
