import Foundation
import Hummingbird
import Model
import Store

/// `…/builds/<number>`: what broke? The failed job comes first, with the end of its log in place.
struct BuildPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var configuration: WebConfiguration

    private static let tailLines = 20

    func add(to router: Router<BasicRequestContext>) {
        router.get("{owner}/{repo}/builds/{number}") { _, context in
            let project = try await lookup.project(context)
            return try await response(try await lookup.build(context, of: project), of: project, tab: nil)
        }
    }

    /// - Parameter tab: the tab that the page stands for.
    func response(_ build: BuildRecord, of project: ProjectRecord, tab: ProjectLinks.Tab?) async throws -> Response {
        let mark = StateMark(build.state)
        var jobs: [[String: Any]] = []
        for job in try await store.jobs(build.id).sorted(by: Self.isMoreInteresting) {
            jobs.append(try await row(job, build: build, project: project))
        }
        let link = Page.Link(text: "#\(build.number)", url: "/\(project.repository)/builds/\(build.number)")
        let values: [String: Any] = [
            "state": mark, "number": build.number, "subject": Self.subject(build), "body": Self.body(build) as Any,
            "ref": build.ref.shortName,
            "refURL": "/\(project.repository)/builds?ref=\(ProjectLinks.encode(build.ref.description))",
            "commit": String(build.commit.prefix(7)), "commitURL": commitURL(build, project),
            "author": build.authorName, "trigger": Self.trigger(build), "created": Moment(build.createdAt) as Any,
            "duration": build.startedAt.map { Moment.duration($0, build.finishedAt) } as Any,
            "configCommit": String(build.configCommit.prefix(7)), "jobs": jobs,
        ]
        return renderer.page(
            "build",
            Page(
                title: "\(mark.word) #\(build.number) \(project.repository)",
                crumbs: ProjectLinks.crumbs(project, link), tabs: ProjectLinks.tabs(project, current: tab),
                script: "live.js", values: values))
    }

    private func row(_ job: JobRecord, build: BuildRecord, project: ProjectRecord) async throws -> [String: Any] {
        let url = "/\(project.repository)/builds/\(build.number)/jobs/\(job.hook)"
        var row: [String: Any] = [
            "state": StateMark(job.state), "title": job.title, "url": url,
            "duration": Moment.duration(job.startedAt, job.finishedAt),
            "cached": (job.cacheReused == true ? "cached image" : nil) as Any,
            "attempt": (job.attempt > 1 ? job.attempt : nil) as Any, "reason": job.reason as Any,
            "phase": (job.state == .running ? job.phase?.rawValue : nil) as Any,
        ]
        if job.state == .failure || job.state == .error {
            let log = try await LogExcerpt.end(of: store.logs.reader(job.id), limit: 16 << 10, lines: Self.tailLines)
            var terminal = TerminalText()
            var lines = terminal.feed(String(decoding: log.bytes, as: UTF8.self))
            if terminal.hasUnfinished { lines.append(terminal.unfinished) }
            row["tail"] = lines.isEmpty ? nil : lines.joined(separator: "\n")
        }
        return row
    }

    private func commitURL(_ build: BuildRecord, _ project: ProjectRecord) -> String {
        "\(configuration.gitHubURL)/\(project.repository)/commit/\(build.commit)"
    }

    /// Failures first, then what still runs, then the rest, each by name.
    private static func isMoreInteresting(_ left: JobRecord, _ right: JobRecord) -> Bool {
        func rank(_ state: JobState) -> Int {
            switch state {
            case .failure: 0
            case .error: 1
            case .running: 2
            case .queued: 3
            case .cancelled: 4
            case .success, .skipped: 5
            }
        }
        return (rank(left.state), left.hook) < (rank(right.state), right.hook)
    }

    /// The first line of the commit's message.
    static func subject(_ build: BuildRecord) -> String {
        let line = build.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "(no message)"
        return String(line.prefix(200))
    }

    private static func body(_ build: BuildRecord) -> String? {
        let lines = build.message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).dropFirst()
        let body = lines.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
        return body.isEmpty ? nil : String(body.prefix(4000))
    }

    private static func trigger(_ build: BuildRecord) -> String {
        let what =
            switch build.trigger {
            case .push: "push"
            case .pullRequest: "pull request" + (build.pullRequest.map { " #\($0)" } ?? "")
            case .schedule: "schedule"
            case .manual: "by hand"
            }
        return what + (build.sender.map { " by \($0)" } ?? "")
    }
}
