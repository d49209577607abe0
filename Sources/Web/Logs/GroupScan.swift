import Foundation
import Model
import Store

/// What one log's groups are, and what was written over in it, found once for everybody who looks at it: a log that grew is read from where it was left, and
/// where a mark was found it stays.
actor GroupScan {
    /// A mark with what had to be looked up for it.
    struct Found: Sendable {
        var mark: GroupMarks.Mark
        /// Its line, from 1.
        var line: Int
        /// When it was written.
        var time: Date?
    }

    /// What an answer depends on. While a job runs nothing in it depends on the time.
    private struct Moment: Hashable {
        var size: Int64
        var state: JobState
        var end: Date?
    }

    private static let chunk = 4 << 20
    private static let patience = Duration.seconds(5)

    private var marks = GroupMarks()
    private var rewritten = RewrittenLines()
    private var found: [Found] = []
    private var position: Int64 = 0
    private var kept: (moment: Moment, sections: LogSections)?
    /// Bytes that were read, for tests.
    private(set) var bytesRead: Int64 = 0

    /// The sections of the log as it is now.
    func sections(_ job: JobRecord, _ log: LogReader, _ index: LogIndex) async throws -> LogSections {
        let moment = Moment(size: try await log.size(), state: job.state, end: job.finishedAt)
        if let kept, kept.moment == moment { return kept.sections }
        let isComplete = try await update(log, index)
        let sections = try await LogSections(job, log, index, found, rewritten.ranges)
        if isComplete { kept = (moment, sections) }
        return sections
    }

    /// Reads what is new. Answers whether that was all of it: a long log is read in several turns.
    private func update(_ log: LogReader, _ index: LogIndex) async throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        // A log that is shorter than it was is another one.
        if try await log.size() < position { forget() }
        while !marks.isFull {
            guard ContinuousClock.now < deadline else { return false }
            try Task.checkCancellation()
            let start = position
            let bytes = try await log.read(from: start, count: Self.chunk)
            // Somebody else may have read on meanwhile.
            guard start == position else { continue }
            guard !bytes.isEmpty else { break }
            marks.feed(bytes)
            rewritten.feed(bytes)
            position += Int64(bytes.count)
            bytesRead += Int64(bytes.count)
        }
        while found.count < marks.marks.count {
            let number = found.count
            let mark = marks.marks[number]
            let line = try await index.lineBreaks(before: mark.offset) + 1
            let time = try await log.time(at: mark.offset)
            if number == found.count { found.append(Found(mark: mark, line: line, time: time)) }
        }
        return true
    }

    private func forget() {
        marks = GroupMarks()
        rewritten = RewrittenLines()
        found = []
        position = 0
        kept = nil
    }
}
