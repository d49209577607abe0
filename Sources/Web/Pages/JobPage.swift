import Hummingbird
import Model
import Store

/// `…/jobs/<hook>`: why? The log with what one needs to know about the job.
struct JobPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var configuration: WebConfiguration

    /// How much of the end of a log the page holds; the raw log holds all of it.
    private static let shownBytes = 1 << 20
    private static let shownLines = 5000

    func add(to router: Router<BasicRequestContext>) {
        router.get("{owner}/{repo}/builds/{number}/jobs/{hook}") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            return try await response(job, build, project)
        }
    }

    private func response(_ job: JobRecord, _ build: BuildRecord, _ project: ProjectRecord) async throws -> Response {
        let base = "/\(project.repository)/builds/\(build.number)"
        let url = "\(base)/jobs/\(job.hook)"
        let attempts = try await store.attempts(build.id, job.hook)
        let query = attempts.count > 1 ? "?attempt=\(job.attempt)" : ""
        let mark = StateMark(job.state)
        var values: [String: Any] = [
            "state": mark, "title": job.title, "reason": job.reason as Any, "number": build.number, "buildURL": base,
            "commit": String(build.commit.prefix(7)),
            "commitURL": "\(configuration.gitHubURL)/\(project.repository)/commit/\(build.commit)",
            "duration": job.startedAt.map { Moment.duration($0, job.finishedAt) } as Any,
            "exitCode": job.exitCode as Any, "image": Self.image(job), "cache": Self.cache(job) as Any,
            "hasAttempts": attempts.count > 1,
            "attempts": attempts.map {
                ["number": $0.attempt, "url": "\(url)?attempt=\($0.attempt)", "isCurrent": $0.id == job.id]
                    as [String: Any]
            },
            "rawURL": "\(url)/log\(query)",
        ]
        try await addLog(job, eventsURL: "\(url)/log/events", query: query, to: &values)
        return renderer.page(
            "job",
            Page(
                title: "\(mark.word) \(job.title) #\(build.number)",
                crumbs: ProjectLinks.crumbs(
                    project, Page.Link(text: "#\(build.number)", url: base), Page.Link(text: job.title, url: url)),
                tabs: ProjectLinks.tabs(project, current: nil), script: "log.js", values: values))
    }

    private func addLog(_ job: JobRecord, eventsURL: String, query: String, to values: inout [String: Any]) async throws {
        let isLive = !job.state.isFinished
        var log = try await LogExcerpt.end(
            of: store.logs.reader(job.id), limit: Self.shownBytes, lines: Self.shownLines)
        // The live part continues at the beginning of a line, so that it can redraw the one that is not finished.
        if isLive { log.bytes.removeLast(log.bytes.count - (log.bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)) }
        var terminal = TerminalText()
        var lines = terminal.feed(String(decoding: log.bytes, as: UTF8.self))
        if terminal.hasUnfinished { lines.append(terminal.unfinished) }
        var html = ""
        for (index, line) in lines.enumerated() {
            let number = log.firstLine + index
            html += "<div class=\"ln\" id=\"L\(number)\"><a href=\"#L\(number)\" data-n=\"\(number)\"></a>"
            html += "<span>\(line)</span></div>\n"
        }
        let next = log.firstLine + lines.count
        let offset = log.start + Int64(log.bytes.count)
        values["lines"] = html
        values["lineCount"] = next - 1
        values["omitted"] = (log.firstLine > 1 ? "lines 1 to \(log.firstLine - 1) are in the raw log" : nil) as Any
        values["isLive"] = isLive
        values["offset"] = offset
        values["nextLine"] = next
        values["carriedStyle"] = terminal.style.classes
        values["eventsURL"] = "\(eventsURL)\(query.isEmpty ? "?" : "\(query)&")offset=\(offset)"
    }

    private static func image(_ job: JobRecord) -> String {
        guard let id = job.baseImageDigest ?? job.baseImageID else { return job.config.image }
        return "\(job.config.image) (\(id.prefix(19)))"
    }

    private static func cache(_ job: JobRecord) -> String? {
        guard let key = job.cacheKey else { return nil }
        return "\(key.prefix(12)), \(job.cacheReused == true ? "reused" : "made by this job")"
    }
}
