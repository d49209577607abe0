import Model
import Store

/// Compares a part of a log with that part of an older one.
///
/// It takes a processor for a second where logs are long, so it runs where logs are read: not on the few threads that all
/// requests share.
actor LogComparer {
    /// What is more is left out.
    struct Limits: Sendable {
        /// Of each log: half of them from its beginning, and half from its end.
        var bytes = 32 << 20
        /// In the same way.
        var lines = 400_000
        /// Steps of the comparison.
        var work = LineDiff.work
        /// Of the lines that are shown; a few more.
        var shownBytes = 1 << 20
        var hunks = DiffHunks.Limits()
    }

    /// A log and where its lines are.
    struct Side: Sendable {
        var log: LogReader
        var index: LogIndex
        var range: Range<Int64>
    }

    private static let chunk = 1 << 20
    /// So many rows may be shown after the limit of their bytes.
    private static let portion = 100

    private let old: Side
    private let new: Side
    private let limits: Limits

    nonisolated var unownedExecutor: UnownedSerialExecutor { new.log.unownedExecutor }

    init(old: Side, new: Side, limits: Limits = Limits()) {
        self.old = old
        self.new = new
        self.limits = limits
    }

    /// What differs.
    func compare() async throws -> LogComparison {
        let oldLines = try await lines(old)
        let newLines = try await lines(new)
        let diff = LineDiff(oldLines.keys, newLines.keys, work: limits.work)
        let hunks = DiffHunks(diff, oldLines.keys, newLines.keys, limits.hunks)
        var comparison = LogComparison(
            newCount: hunks.counts.new, goneCount: hunks.counts.gone, movedCount: hunks.counts.moved,
            omittedNew: newLines.omitted, omittedOld: oldLines.omitted, isCoarse: diff.isCoarse, laterHunks: hunks.left)
        var size = 0
        for rows in hunks.hunks {
            var shown: [LogComparison.Row] = []
            while shown.count < rows.count, size < limits.shownBytes {
                let part = rows[shown.count..<min(rows.count, shown.count + Self.portion)]
                let more = try await show(Array(part), oldLines, newLines)
                size += more.reduce(0) { $0 + ($1.text?.html.utf8.count ?? 0) }
                shown += more
            }
            if shown.count < rows.count { comparison.laterHunks += 1 }
            if !shown.isEmpty { comparison.hunks.append(shown) }
        }
        return comparison
    }

    /// The keys of a part's lines.
    private func lines(_ side: Side) async throws -> ComparedLines {
        var lines = ComparedLines()
        guard !side.range.isEmpty else { return lines }
        lines.first = try await side.index.lineBreaks(before: side.range.lowerBound) + 1
        var head = LineKeys(at: side.range.lowerBound)
        var position = side.range.lowerBound
        let half = min(side.range.upperBound, side.range.lowerBound + Int64(limits.bytes / 2))
        while position < half, head.keys.count < limits.lines / 2 {
            guard try await feed(&head, side, &position, until: half) else { break }
        }
        if position >= side.range.upperBound { head.end() }
        lines.keys = head.keys
        lines.head = lines.keys.count
        guard position < side.range.upperBound else { return lines }
        let start = max(head.lineStart, side.range.upperBound - Int64(limits.bytes / 2))
        var tail = LineKeys(at: start, isCut: start > head.lineStart, keeping: limits.lines / 2)
        position = start
        while position < side.range.upperBound {
            guard try await feed(&tail, side, &position, until: side.range.upperBound) else { break }
        }
        tail.end()
        let last = tail.last
        guard let begin = tail.begin, !last.keys.isEmpty else { return lines }
        let number = try await side.index.lineBreaks(before: begin) + 1 + last.dropped
        lines.omitted = max(0, number - lines.first - lines.head)
        lines.keys += last.keys
        return lines
    }

    /// Reads on. Answers whether there was something: a log may be removed meanwhile.
    private func feed(
        _ keys: inout LineKeys, _ side: Side, _ position: inout Int64, until end: Int64
    ) async throws -> Bool {
        try Task.checkCancellation()
        let count = min(Self.chunk, Int(end - position))
        let bytes = try await side.log.read(from: position, count: count)
        keys.feed(bytes)
        position += Int64(bytes.count)
        return !bytes.isEmpty
    }

    /// The rows with what stands on them.
    private func show(
        _ rows: [DiffHunks.Row], _ oldLines: ComparedLines, _ newLines: ComparedLines
    ) async throws -> [LogComparison.Row] {
        // What is in both is shown as it is in the new log.
        let oldTexts = try await texts(
            old, rows.filter { $0.change == .gone && $0.omitted == 0 }.compactMap(\.old).map(oldLines.number))
        let newTexts = try await texts(new, rows.filter { $0.omitted == 0 }.compactMap(\.new).map(newLines.number))
        return rows.map { row in
            let line = row.new.map(newLines.number)
            let oldLine = row.old.map(oldLines.number)
            let text = row.change == .gone ? oldLine.flatMap { oldTexts[$0] } : line.flatMap { newTexts[$0] }
            return LogComparison.Row(
                change: row.change, line: line, oldLine: oldLine, omitted: row.omitted,
                text: row.omitted > 0 ? nil : text)
        }
    }

    /// - Parameter numbers: ascending, from 1.
    private func texts(_ side: Side, _ numbers: [Int]) async throws -> [Int: LogComparison.Text] {
        var texts: [Int: LogComparison.Text] = [:]
        var place = 0
        while place < numbers.count {
            var end = place + 1
            while end < numbers.count, numbers[end] == numbers[end - 1] + 1 { end += 1 }
            let count = min(end - place, LogWindow.lineCount.upperBound)
            let window = try await LogWindow(side.log, side.index, first: numbers[place], count: count)
            for (index, line) in zip(window.lines, window.html).enumerated() {
                texts[window.first + index] = LogComparison.Text(
                    html: line.1, bytes: line.0.bytes, omitted: line.0.omitted)
            }
            // Fewer come where lines are long.
            place += max(1, min(count, window.lines.count))
        }
        return texts
    }
}
