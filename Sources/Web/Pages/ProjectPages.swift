import Foundation
import HTTPTypes
import Hummingbird
import Model
import Store

/// `/`, `/<owner>/<repo>` and its tabs but for the settings.
struct ProjectPages: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var buildPage: BuildPage

    private static let pageLength = 50

    func add(to router: Router<BasicRequestContext>) {
        router.get("/") { _, _ in try await projects() }
        router.get("{owner}/{repo}") { request, context in try await latest(request, context) }
        router.get("{owner}/{repo}/builds") { request, context in try await history(request, context) }
    }

    private func projects() async throws -> Response {
        let rows = try await store.projectOverview(recent: 20)
            .filter { lookup.isVisible($0.project) && $0.project.isActive }
            .map { overview in
                [
                    "name": overview.project.repository.description, "url": "/\(overview.project.repository)",
                    "state": StateMark(overview.latest?.state),
                    "latest": overview.latest.map { Self.summary($0, project: overview.project) } as Any,
                    "recent": Self.bars(overview),
                ] as [String: Any]
            }
        return renderer.page(
            "projects",
            Page(title: "Projects", script: "live.js", values: ["projects": rows, "isEmpty": rows.isEmpty]))
    }

    /// The height of a bar is the build's duration relative to the slowest of those shown.
    private static func bars(_ overview: ProjectOverview) -> [[String: Any]] {
        let seconds = overview.recent.map { build in
            build.startedAt.map { (build.finishedAt ?? Date()).timeIntervalSince($0) } ?? 0
        }
        let slowest = max(1, seconds.max() ?? 1)
        return zip(overview.recent, seconds).reversed().map { build, seconds in
            [
                "state": build.state.rawValue, "word": StateMark(build.state).word, "number": build.number,
                "url": "/\(overview.project.repository)/builds/\(build.number)",
                "height": max(1, Int((seconds / slowest * 6).rounded(.up))),
                "duration": Moment.duration(build.startedAt, build.finishedAt),
            ]
        }
    }

    private func latest(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let project = try await lookup.project(context)
        let ref = request.uri.queryParameters["ref"].map { Self.ref(String($0)) }
        guard let build = try await store.latestBuild(project.id, ref: ref) else {
            let what = ref.map { "No commit of \($0.shortName) was built yet." }
            return renderer.page(
                "nobuild",
                Page(
                    title: project.repository.description, crumbs: ProjectLinks.crumbs(project),
                    tabs: ProjectLinks.tabs(project, current: .latest), script: "live.js",
                    values: [
                        "explanation": what
                            ?? "Push a commit, or look at Sync and Deliveries to see why nothing happened."
                    ]))
        }
        return try await buildPage.response(build, of: project, tab: .latest)
    }

    private func history(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let project = try await lookup.project(context)
        let query = request.uri.queryParameters
        let ref = query["ref"].map { Self.ref(String($0)) }
        let builds = try await store.builds(
            project.id, ref: ref, before: query["before"].flatMap { Int($0) }, limit: Self.pageLength + 1)
        let shown = builds.prefix(Self.pageLength)
        var older = builds.count > Self.pageLength ? shown.last.map { "?before=\($0.number)" } : nil
        if let current = older, let ref { older = "\(current)&ref=\(ProjectLinks.encode(ref.description))" }
        return renderer.page(
            "history",
            Page(
                title: "Builds of \(project.repository)", crumbs: ProjectLinks.crumbs(project),
                tabs: ProjectLinks.tabs(project, current: .history), script: "live.js",
                values: [
                    "builds": shown.map { Self.summary($0, project: project) }, "isEmpty": shown.isEmpty,
                    "ref": ref?.shortName as Any, "olderURL": older as Any,
                ]))
    }

    /// `main` or `refs/heads/main`.
    private static func ref(_ text: String) -> GitRef { text.hasPrefix("refs/") ? GitRef(text) : .branch(text) }

    private static func summary(_ build: BuildRecord, project: ProjectRecord) -> [String: Any] {
        [
            "state": StateMark(build.state), "number": build.number,
            "url": "/\(project.repository)/builds/\(build.number)", "subject": BuildPage.subject(build),
            "message": BuildPage.subject(build), "author": build.authorName, "ref": build.ref.shortName,
            "refURL": "/\(project.repository)/builds?ref=\(ProjectLinks.encode(build.ref.description))",
            "commit": String(build.commit.prefix(7)),
            "duration": Moment.duration(build.startedAt, build.finishedAt),
            "when": Moment(build.finishedAt ?? build.createdAt) as Any,
        ]
    }
}
