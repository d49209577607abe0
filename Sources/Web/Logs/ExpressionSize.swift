/// How large the matcher of an extended regular expression becomes: a repetition makes copies of what it repeats, and copies of
/// copies when it stands in another one.
enum ExpressionSize {
    private struct Group {
        var sum = 0
        /// What a repetition that comes next repeats.
        var last = 0

        mutating func add(_ size: Int) {
            sum = ExpressionSize.clamp(sum + last)
            last = size
        }
        var size: Int { ExpressionSize.clamp(sum + last) }
    }

    /// No product of these overflows.
    private static let highest = 1 << 30
    fileprivate static func clamp(_ size: Int) -> Int { min(size, highest) }

    /// The number of parts. What is not understood is left to the compiler of expressions, which refuses it.
    static func size(_ pattern: [UInt8]) -> Int {
        var groups = [Group()]
        var index = 0
        while index < pattern.count {
            let byte = pattern[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\\"):
                groups[groups.count - 1].add(1)
                index += 1
            case UInt8(ascii: "["):
                groups[groups.count - 1].add(1)
                index = bracketEnd(pattern, index)
            case UInt8(ascii: "("): groups.append(Group())
            case UInt8(ascii: ")") where groups.count > 1:
                let inner = groups.removeLast().size
                groups[groups.count - 1].add(clamp(inner + 2))
            case UInt8(ascii: "{"):
                let (times, end) = repetition(pattern, index)
                groups[groups.count - 1].last = clamp(groups[groups.count - 1].last * times)
                index = end
            // As good as a copy for the matcher.
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                groups[groups.count - 1].last = clamp(groups[groups.count - 1].last + 1)
            default: groups[groups.count - 1].add(1)
            }
        }
        // Groups that are not closed.
        return groups.reduce(0) { clamp($0 + $1.size) }
    }

    /// After `[`: the place after its end.
    private static func bracketEnd(_ pattern: [UInt8], _ start: Int) -> Int {
        var index = start
        if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
        // A bracket that comes first stands for itself.
        if index < pattern.count, pattern[index] == UInt8(ascii: "]") { index += 1 }
        while index < pattern.count, pattern[index] != UInt8(ascii: "]") {
            // [:alpha:], [.x.] and [=x=] end with a bracket of their own.
            if pattern[index] == UInt8(ascii: "["), index + 1 < pattern.count, ":.=".utf8.contains(pattern[index + 1]) {
                let sign = pattern[index + 1]
                index += 2
                while index + 1 < pattern.count, pattern[index] != sign || pattern[index + 1] != UInt8(ascii: "]") {
                    index += 1
                }
                index += 1
            }
            index += 1
        }
        return index + 1
    }

    /// After `{`: how often at most, and the place after the end. More than any expression may have is as good as no end.
    private static func repetition(_ pattern: [UInt8], _ start: Int) -> (times: Int, end: Int) {
        guard let end = pattern[start...].firstIndex(of: UInt8(ascii: "}")) else { return (1, start) }
        let numbers = pattern[start..<end].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        return (max(1, min(100_000, numbers.max() ?? 1)), end + 1)
    }
}
