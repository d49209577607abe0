/// The places where two logs differ, each with a few lines around it.
///
/// A line that is new in one place and gone from another only moved: programs that run side by side write in another order
/// each time. No difference is shown for such lines alone.
struct DiffHunks: Sendable, Equatable {
    /// What became of a line.
    enum Change: String, Sendable { case same, new, gone, moved }

    /// A line, or some that are left out because very many like it follow each other.
    struct Row: Sendable, Equatable {
        var change: Change
        /// The place in the old log, of what is the same or gone; from 0.
        var old: Int?
        /// The place in the new log, of all that is not gone.
        var new: Int?
        /// How many lines are left out, from there on; 0 for a line that is shown.
        var omitted = 0
    }

    /// At most.
    struct Limits: Sendable {
        /// Lines before and after a difference.
        var around = 3
        /// Of new lines in a row, first and last ones.
        var new = (first: 200, last: 100)
        /// Of lines in a row that are gone.
        var gone = (first: 20, last: 5)
        /// Of all rows, and of those of a hunk; a few more to its end.
        var rows = 1_500
    }

    private(set) var hunks: [[Row]] = []
    /// Hunks that were left out at the end.
    private(set) var left = 0
    /// Lines that are new, gone, or only elsewhere.
    private(set) var counts = (new: 0, gone: 0, moved: 0)

    static func == (one: DiffHunks, other: DiffHunks) -> Bool {
        one.hunks == other.hunks && one.left == other.left && one.counts == other.counts
    }

    init(_ diff: LineDiff, _ old: [UInt64], _ new: [UInt64], _ limits: Limits = Limits()) {
        let moved = MovedLines(diff, old, new)
        counts = (moved.newCount, moved.goneCount, moved.count)
        var hunk = HunkBuilder(limits)
        var rowCount = 0
        func finish(_ rows: [Row]?) {
            guard let rows else { return }
            if rowCount < limits.rows { hunks.append(rows) } else { left += 1 }
            rowCount += rows.count
        }
        var (oldPlace, newPlace) = (0, 0)
        for run in diff.runs + [LineDiff.Run(old: old.count, new: new.count, count: 0)] {
            for place in oldPlace..<run.old where !moved.old[place] {
                finish(hunk.add(Row(change: .gone, old: place)))
            }
            for place in newPlace..<run.new {
                finish(hunk.add(Row(change: moved.new[place] ? .moved : .new, new: place)))
            }
            // The middle of a long run is near no difference.
            let near = limits.around + 1
            for index in 0..<run.count where index < near || index >= run.count - near {
                if index == near || index == run.count - near, run.count > 2 * near { finish(hunk.skip()) }
                finish(hunk.add(Row(change: .same, old: run.old + index, new: run.new + index)))
            }
            (oldPlace, newPlace) = (run.old + run.count, run.new + run.count)
        }
        finish(hunk.skip())
    }
}

/// Puts rows together to hunks.
private struct HunkBuilder {
    private let limits: DiffHunks.Limits
    /// What may come before the next difference.
    private var before: [DiffHunks.Row] = []
    private var rows: [DiffHunks.Row] = []
    /// Rows since the last difference.
    private var quiet = 0
    /// How many of the rows will be shown, about.
    private var shown = 0
    /// How many times in a row the last change came.
    private var repeated = 0

    init(_ limits: DiffHunks.Limits) { self.limits = limits }

    /// Answers the hunk that is finished, if one is.
    mutating func add(_ row: DiffHunks.Row) -> [DiffHunks.Row]? {
        guard row.change == .same || row.change == .moved else {
            let most = row.change == .gone ? limits.gone : limits.new
            repeated = before.isEmpty && rows.last?.change == row.change ? repeated + 1 : 1
            shown += before.count + (repeated <= most.first + most.last ? 1 : 0)
            rows += before + [row]
            before = []
            quiet = 0
            return nil
        }
        guard !rows.isEmpty else {
            before.append(row)
            if before.count > limits.around { before.removeFirst() }
            return nil
        }
        // What follows a difference may come before the next one.
        before.append(row)
        quiet += 1
        if quiet > 2 * limits.around { return skip(keeping: limits.around) }
        // Differences that are near each other all along the logs are not one hunk of any length.
        return shown >= limits.rows ? skip() : nil
    }

    /// Lines follow that are left out.
    mutating func skip() -> [DiffHunks.Row]? { skip(keeping: 0) }

    private mutating func skip(keeping count: Int) -> [DiffHunks.Row]? {
        defer {
            before = Array(before.suffix(count))
            rows = []
            (quiet, shown, repeated) = (0, 0, 0)
        }
        return rows.isEmpty ? nil : shortened(rows + before.prefix(limits.around))
    }

    /// Without the middle of what follows itself again and again.
    private func shortened(_ rows: [DiffHunks.Row]) -> [DiffHunks.Row] {
        var result: [DiffHunks.Row] = []
        var index = 0
        while index < rows.count {
            let change = rows[index].change
            var end = index
            while end < rows.count, rows[end].change == change { end += 1 }
            let most = change == .gone ? limits.gone : limits.new
            if end - index > most.first + most.last + 1, change == .gone || change == .new {
                result += rows[index..<index + most.first]
                var middle = rows[index + most.first]
                middle.omitted = end - index - most.first - most.last
                result.append(middle)
                result += rows[end - most.last..<end]
            } else {
                result += rows[index..<end]
            }
            index = end
        }
        return result
    }
}

/// Which of the lines that are in no run are in both logs all the same.
private struct MovedLines {
    private(set) var old: [Bool]
    private(set) var new: [Bool]
    private(set) var count = 0
    private(set) var newCount = 0
    private(set) var goneCount = 0

    init(_ diff: LineDiff, _ oldKeys: [UInt64], _ newKeys: [UInt64]) {
        old = Array(repeating: false, count: oldKeys.count)
        new = Array(repeating: false, count: newKeys.count)
        var isOld = Array(repeating: true, count: oldKeys.count)
        var isNew = Array(repeating: true, count: newKeys.count)
        for run in diff.runs {
            for index in 0..<run.count {
                isOld[run.old + index] = false
                isNew[run.new + index] = false
            }
        }
        var gone: [UInt64: Int] = [:]
        for place in oldKeys.indices where isOld[place] { gone[oldKeys[place], default: 0] += 1 }
        var used: [UInt64: Int] = [:]
        for place in newKeys.indices where isNew[place] {
            guard let left = gone[newKeys[place]], left > used[newKeys[place], default: 0] else {
                newCount += 1
                continue
            }
            used[newKeys[place], default: 0] += 1
            new[place] = true
            count += 1
        }
        for place in oldKeys.indices where isOld[place] {
            guard let left = used[oldKeys[place]], left > 0 else {
                goneCount += 1
                continue
            }
            used[oldKeys[place]] = left - 1
            old[place] = true
        }
    }
}
