/// The known word that a misspelt one is meant to be.
enum Suggestion {
    /// `nil` when none is near: at most one mistake in three letters, where a mistake is a letter too much, missing,
    /// wrong, or exchanged with its neighbour.
    static func nearest(to word: String, among known: [String]) -> String? {
        guard word.unicodeScalars.count <= 64 else { return nil }
        let word = word.lowercased()
        return known.map { (name: $0, distance: distance(Array(word.unicodeScalars), Array($0.unicodeScalars))) }
            .filter { $0.distance <= max(1, min(word.count, $0.name.count) / 3) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// The optimal string alignment distance.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
