import Hummingbird
import Model
import Store

/// `…/jobs/<hook>`: why? The log with what one needs to know about the job. `?part=head` leaves the log out, for the
/// page that is open and only wants to know how things stand.
struct JobPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var logs: LogExcerpts
    var gitHubURL: String
    var bisections: BisectionActions?

    /// How much of the end of a log the page holds. The browser asks for the rest when it is looked at; without JavaScript
    /// the raw log has all of it.
    private static let shownBytes = 512 << 10
    private static let shownLines = 2000

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/builds/{number}/jobs/{hook}") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            let isHead = request.uri.queryParameters["part"] == "head"
            let facts = BuildFacts(build: build, project: project, gitHubURL: gitHubURL)
            return try await response(job, facts, isHead: isHead, for: context.viewer)
        }
        addBisection(to: router)
    }

    /// The beginning of an image's id, or of the digest behind its name, enough for people.
    static func shortDigest(_ image: String) -> String {
        String((image.split(separator: "@").last ?? image[...]).prefix("sha256:".count + 12))
    }

    /// - Parameter refused: why no commit is searched for, if somebody asked for that.
    func response(
        _ job: JobRecord, _ build: BuildFacts, isHead: Bool = false, refused: BisectionProblem? = nil,
        for viewer: Viewer
    ) async throws -> Response {
        let url = "\(build.url)/jobs/\(job.hook)"
        let attempts = try await store.attempts(build.build.id, job.hook)
        let query = "?attempt=\(job.attempt)"
        let mark = StateMark(job, of: build.build)
        // Only the latest attempt can be followed by another one.
        let mayAct =
            lookup.policy.mayManage(build.project, viewer) && build.project.isActive && job.id == attempts.last?.id
        let places = try await store.queuePlaces(job.state == .queued ? [job.id] : [])
        let showsLog = !isHead && job.logDeletion == nil
        var values: PageValues = [
            "state": mark, "jobTitle": job.title, "reason": JobRows.reason(job, places[job.id]),
            "sameURL": JobRows.sameURL(job, build: build.url), "build": build.values,
            "successor": job.successor.map { BuildPage.successor(build.project, $0) },
            "usually": mark.isOpen
                ? try await store.usualSeconds(build.build.projectID, job.hook, beforeBuild: build.build.number)
                    .map(Moment.text) : nil,
            "duration": Moment.duration(job.startedAt, job.finishedAt),
            "when": Moment.html(job.finishedAt ?? job.startedAt ?? job.createdAt),
            "times": try await JobTimes(job, logs).text,
            "exitCode": job.exitCode.flatMap { $0 == 0 ? nil : ExitCode.text($0) },
            "image": job.config.image,
            "imageID": (job.baseImageDigest ?? job.baseImageID).map(Self.shortDigest),
            "cacheKey": job.cacheKey.map { String($0.prefix(12)) }, "isReused": job.cacheReused == true,
            "hasAttempts": attempts.count > 1,
            "attempts": attempts.map { attempt -> PageValues in
                [
                    "number": attempt.attempt, "url": "\(url)?attempt=\(attempt.attempt)",
                    "isCurrent": attempt.id == job.id, "state": StateMark(attempt, of: build.build),
                ]
            },
            "rawURL": "\(url)/log\(query)", "hasLog": showsLog,
            "deletion": job.logDeletion.map { deletion -> PageValues in
                ["by": deletion.by, "when": Moment.html(deletion.at)]
            },
            "deleteURL": try await mayDelete(job, build.project, viewer) ? "\(url)/log/delete\(query)" : nil,
            "green": try await lastGreen(job, build, url, query), "refused": refused.map { "\($0)" },
            "similar": try await SimilarFailureValues(store, job, build.project)?.values,
            "rerunText": "Rerun",
            "rerunURL": mayAct && job.state.isFinished ? "\(url)/rerun" : nil,
            "cancelURL": mayAct && !job.state.isFinished && job.cancelReason == nil ? "\(url)/cancel\(query)" : nil,
            "approveURL": mayAct && job.awaitsApproval(in: build.build) ? "\(build.url)/approve" : nil,
            "approveCommit": build.build.commit,
            "hasFailed": job.state == .failure || job.state == .error,
        ]
        values.merge(try await bisection(job, build, url, mayBegin: mayAct, for: viewer))
        if showsLog { values.merge(try await log(job, logURL: "\(url)/log", query)) }
        return await renderer.page(
            showsLog ? "job" : "jobhead",
            Page(
                title: "\(mark.word) · \(job.title) #\(build.build.number) · \(build.project.repository)", path: url,
                description: build.sentence,
                crumbs: ProjectLinks.crumbs(
                    build.project, Page.Link(text: "#\(build.build.number)", url: build.url),
                    Page.Link(text: job.title, url: url)),
                tabs: ProjectLinks.tabs(build.project, current: nil), mark: mark, showsLog: true, isWide: true,
                settles: true,
                refreshURL: "\(url)\(query)&part=head", values: values), for: viewer,
            status: refused.map { APIProblem($0).status } ?? .ok)
    }

    /// Where one sees what is new in the log of a job that failed.
    private func lastGreen(
        _ job: JobRecord, _ build: BuildFacts, _ url: String, _ query: String
    ) async throws -> PageValues? {
        guard job.state == .failure || job.state == .error, job.logDeletion == nil else { return nil }
        guard try await store.logs.reader(job.id).size() > 0 else { return nil }
        do {
            let section = ComparisonFinder.section(job.phase) ?? .build
            let green = try await ComparisonFinder(store: store).lastGreen(job, of: build.build, build.project, section)
            return ["number": green.build.number, "url": "\(url)/log/compare\(query)#first"]
        } catch is ComparisonFinder.Nothing {
            return nil
        }
    }

    /// Whether there is a log that the viewer may delete, also of a project that is no longer declared.
    private func mayDelete(_ job: JobRecord, _ project: ProjectRecord, _ viewer: Viewer) async throws -> Bool {
        guard lookup.policy.mayManage(project, viewer), job.state.isFinished, job.logDeletion == nil else {
            return false
        }
        return try await store.logs.reader(job.id).size() > 0
    }

    private func log(_ job: JobRecord, logURL: String, _ query: String) async throws -> PageValues {
        let isLive = !job.state.isFinished
        var excerpt = try await logs.end(of: job, limit: Self.shownBytes, lines: Self.shownLines)
        // The live part continues at the beginning of a line, so that it can redraw the one that is not finished.
        if isLive { excerpt = excerpt.wholeLines }
        let rows = LogRows(excerpt)
        let next = excerpt.firstLine + rows.count
        return [
            "lines": rows.html, "lineCount": Count.text(next - 1, "line"), "isLive": isLive,
            "isEmpty": rows.count == 0 && !isLive,
            "omitted": excerpt.firstLine > 1 ? Count.text(excerpt.firstLine - 1, "earlier line") : nil,
            "nextLine": next, "attempt": job.attempt, "style": rows.style.classes,
            "eventsURL": "\(logURL)/events\(query)&offset=\(excerpt.end)",
            "downloadURL": "\(logURL)\(query)&download", "sectionsURL": "\(logURL)/sections\(query)",
            "linesURL": "\(logURL)/lines\(query)", "searchURL": "\(logURL)/search\(query)",
        ]
    }
}
