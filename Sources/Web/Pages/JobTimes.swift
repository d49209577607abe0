import Foundation
import Model
import Store

/// What a job spent its time on, as the sections of its log tell.
struct JobTimes {
    /// A stretch of time.
    struct Part {
        var kind: Kind
        var start: Date
        var end: Date
    }

    /// What it was spent on; the names are the style sheet's.
    enum Kind: String { case prepare, install, build }

    /// In the order of time.
    private(set) var parts: [Part] = []

    init(_ job: JobRecord, _ logs: LogExcerpts) async throws {
        guard let start = job.startedAt else { return }
        let end = max(start, job.finishedAt ?? Date())
        let begins = try await logs.sectionBegins(job)
        var marks: [(kind: Kind, date: Date)] = [(.prepare, start)]
        if let install = begins.install { marks.append((.install, install)) }
        if let build = begins.build { marks.append((.build, build)) }
        for (index, mark) in marks.enumerated() {
            let from = min(max(mark.date, start), end)
            let to = index + 1 < marks.count ? min(max(marks[index + 1].date, from), end) : end
            parts.append(Part(kind: mark.kind, start: from, end: to))
        }
    }

    /// `prepare 1 s · install 12 s · build 30 s`; `nil` when there is nothing to tell apart.
    var text: String? {
        guard parts.count > 1 else { return nil }
        return parts.map { "\($0.kind.rawValue) \(Moment.text($0.end.timeIntervalSince($0.start)))" }
            .joined(separator: " · ")
    }
}
