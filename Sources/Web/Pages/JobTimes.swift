import Foundation
import Model
import Store

/// What a job spent its time on, as the sections of its log and its record tell.
struct JobTimes {
    /// A stretch of time.
    struct Part {
        var kind: Kind
        var start: Date
        var end: Date
    }

    /// What it was spent on; the names are the style sheet's.
    enum Kind: String, CaseIterable { case prepare, pull, install, build }

    /// In the order of time.
    private(set) var parts: [Part] = []

    init(_ job: JobRecord, _ logs: LogExcerpts) async throws {
        // Where the scripts began stood in the log.
        guard let start = job.startedAt, job.logDeletion == nil else { return }
        let end = max(start, job.finishedAt ?? Date())
        let begins = try await logs.sectionBegins(job)
        var marks: [(kind: Kind, date: Date)] = [(.prepare, start)]
        if let pull = job.pullStartedAt {
            // Without an end it goes on, or the image never came.
            if let image = job.pullEndedAt {
                marks += [(.pull, pull), (.prepare, image)]
            } else if job.baseImageID == nil {
                marks.append((.pull, pull))
            }
        }
        if let install = begins.install { marks.append((.install, install)) }
        if let build = begins.build { marks.append((.build, build)) }
        for (index, mark) in marks.enumerated() {
            let from = min(max(mark.date, start), end)
            let to = index + 1 < marks.count ? min(max(marks[index + 1].date, from), end) : end
            parts.append(Part(kind: mark.kind, start: from, end: to))
        }
    }

    /// `prepare 1 s · pull 40 s · install 12 s · build 30 s`; `nil` when there is nothing to tell apart.
    var text: String? {
        guard parts.count > 1 else { return nil }
        let words = Kind.allCases.compactMap { kind -> String? in
            let own = parts.filter { $0.kind == kind }
            guard !own.isEmpty else { return nil }
            return "\(kind.rawValue) \(Moment.text(own.reduce(0) { $0 + $1.end.timeIntervalSince($1.start) }))"
        }
        return words.joined(separator: " · ")
    }

    /// For programs; `nil` for a job that has had no slot or whose log was deleted. The last part of a job that runs has no
    /// end.
    func documents(_ job: JobRecord) -> [JobDocument.Part]? {
        guard !parts.isEmpty else { return nil }
        return parts.enumerated().map { index, part in
            let goesOn = job.finishedAt == nil && index == parts.count - 1
            return JobDocument.Part(
                kind: part.kind.rawValue, startedAt: part.start, finishedAt: goesOn ? nil : part.end)
        }
    }
}
