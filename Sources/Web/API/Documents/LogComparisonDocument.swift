import Model
import Store

/// What is new in a job's log since an older one, for programs.
package struct LogComparisonDocument: Codable, Sendable {
    /// A job's log.
    package struct Log: Codable, Sendable {
        /// The build's number.
        package var build: Int
        /// The short name of its ref.
        package var refName: String
        /// The job's attempt.
        package var attempt: Int
        /// As in `JobState`.
        package var state: String
    }

    /// A line, or some that are left out because very many like it follow each other.
    package struct Line: Codable, Sendable {
        /// `same`, `new`, `gone`, or `moved`: only in another place.
        package var change: String
        /// Its number in the log, from 1; absent for what is gone.
        package var line: Int?
        /// Its number in the older log; absent for what is new, or was elsewhere.
        package var oldLine: Int?
        /// As it was written; bytes that are not UTF-8 are replaced. Absent for lines that are left out.
        package var text: String?
        /// How many bytes of a very long one are left out.
        package var omitted: Int?
        /// How many lines are left out, this one the first; absent for a line that is there.
        package var count: Int?
    }

    /// A place where the logs differ, with a few lines around it.
    package struct Hunk: Codable, Sendable {
        /// In order.
        package var lines: [Line]
    }

    /// The log that was asked about.
    package var log: Log
    /// What it was compared with.
    package var with: Log
    /// The page for people.
    package var page: String
    /// `build`, `install`, or `prepare`: what comes before the scripts.
    package var section: String
    /// Whether no line is new or gone. Times, durations, ids and names of temporary folders do not count.
    package var isEqual: Bool
    /// How many lines are new.
    package var new: Int
    /// How many lines are gone.
    package var gone: Int
    /// How many lines are only in another place.
    package var moved: Int
    /// Lines in the middle of the log that were not compared, because it is long.
    package var leftOut: Int
    /// The same of the older log.
    package var oldLeftOut: Int
    /// Whether a part was too different to be compared line by line.
    package var isCoarse: Bool
    /// Differences after the last one that is here.
    package var more: Int
    /// In order.
    package var hunks: [Hunk]

    init(_ subject: LogComparisonPage.Subject, _ found: LogComparisonPage.Found, page: String) {
        let comparison = found.comparison
        log = Log(build: subject.build, subject.job)
        with = Log(build: found.other.build, found.other.job)
        self.page = page
        section = found.section.rawValue
        isEqual = comparison.isEqual
        (new, gone, moved) = (comparison.newCount, comparison.goneCount, comparison.movedCount)
        (leftOut, oldLeftOut) = (comparison.omittedNew, comparison.omittedOld)
        isCoarse = comparison.isCoarse
        more = comparison.laterHunks
        hunks = comparison.hunks.map { Hunk(lines: $0.map(Line.init)) }
    }
}

extension LogComparisonDocument.Log {
    fileprivate init(build: BuildRecord, _ job: JobRecord) {
        self.init(
            build: build.number, refName: build.ref.shortName, attempt: job.attempt, state: job.state.rawValue)
    }
}

extension LogComparisonDocument.Line {
    fileprivate init(_ row: LogComparison.Row) {
        self.init(
            change: row.change.rawValue, line: row.line, oldLine: row.oldLine,
            text: row.text.map { String(decoding: $0.bytes, as: UTF8.self) },
            omitted: row.text.flatMap { $0.omitted > 0 ? $0.omitted : nil },
            count: row.omitted > 0 ? row.omitted : nil)
    }
}
