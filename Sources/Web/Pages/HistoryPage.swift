import Foundation
import HTTPTypes
import Hummingbird
import Model
import Store

/// `…/builds`: since when? `?ref=` shows one branch, `?before=` goes on with older builds.
struct HistoryPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var gitHubURL: String

    private static let pageLength = 50

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/builds") { request, context in
            try await response(request, of: try await lookup.project(context), for: context.viewer)
        }
    }

    private func response(
        _ request: Request, of project: ProjectRecord, for viewer: Viewer
    ) async throws -> Response {
        let query = request.uri.queryParameters
        let ref = try query["ref"].map { text in
            guard let ref = ProjectLinks.ref(text) else { throw HTTPError(.notFound) }
            return ref
        }
        let before = query["before"].flatMap { Int($0) }
        let builds = try await store.builds(project.id, ref: ref, before: before, limit: Self.pageLength + 1)
        let shown = builds.prefix(Self.pageLength)
        let base = ref.map { ProjectLinks.history(project, of: $0) } ?? "\(ProjectLinks.url(project))/builds?"
        let older = builds.count > Self.pageLength ? shown.last.map { "\(base)&before=\($0.number)" } : nil
        return await renderer.page(
            "history",
            Page(
                title: "Builds of \(ref.map { "\($0.shortName), " } ?? "")\(project.repository)",
                crumbs: ProjectLinks.crumbs(
                    project, Page.Link(text: "builds", url: "\(ProjectLinks.url(project))/builds")),
                tabs: ProjectLinks.tabs(project, current: .history),
                values: [
                    "builds": rows(shown, project), "isEmpty": shown.isEmpty, "ref": ref?.shortName,
                    "allURL": "\(ProjectLinks.url(project))/builds", "olderURL": older?.replacing("?&", with: "?"),
                    "newestURL": before == nil ? nil : base,
                ]), for: viewer)
    }

    private func rows(_ builds: ArraySlice<BuildRecord>, _ project: ProjectRecord) -> [PageValues] {
        let now = Date()
        let slowest = builds.filter(\.state.isFinished).map { $0.seconds(now: now) }.max() ?? 1
        return builds.map { build in
            let share = min(1, build.seconds(now: now) / max(1, slowest))
            var values = BuildFacts(build: build, project: project, gitHubURL: gitHubURL).values
            values["share"] = build.startedAt == nil ? nil : max(1, Int((share * 100).rounded()))
            return values
        }
    }
}
