/// What is said of a comparison as a whole.
enum ComparisonWords {
    /// One sentence.
    static func summary(_ comparison: LogComparison) -> String {
        guard !comparison.isEqual else {
            guard comparison.movedCount > 0 else { return "Nothing differs but times, ids and the like." }
            return "Nothing differs but times, ids and the like, and the order of \(lines(comparison.movedCount))."
        }
        var parts: [String] = []
        if comparison.newCount > 0 { parts.append("\(lines(comparison.newCount)) new") }
        if comparison.goneCount > 0 { parts.append("\(lines(comparison.goneCount)) gone") }
        if comparison.movedCount > 0 { parts.append("\(lines(comparison.movedCount)) elsewhere") }
        let last = parts.count > 1 ? " and \(parts.removeLast())" : ""
        return "\(parts.joined(separator: ", "))\(last); times, ids and the like do not count."
    }

    /// What was left out, a sentence for each.
    static func notes(_ comparison: LogComparison) -> [String] {
        var notes: [String] = []
        for (count, name) in [(comparison.omittedNew, "this log"), (comparison.omittedOld, "the older log")]
        where count > 0 {
            notes.append(
                "Long logs are compared at their beginning and their end: \(lines(count)) in the middle of \(name) were not."
            )
        }
        if comparison.isCoarse {
            notes.append("A part was too different to be compared line by line: some of its lines may be in both.")
        }
        if comparison.laterHunks > 0 {
            notes.append("\(Count.text(comparison.laterHunks, "more difference")) below the last one shown.")
        }
        return notes
    }

    private static func lines(_ count: Int) -> String { Count.text(count, "line") }
}
