import Foundation
import HTTPTypes
import Hummingbird
import Model
import Store

/// `…/builds`: since when? A filter and the page are in the address; `?before=` goes on with older builds.
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
        let filter = try await HistoryFilter(request, project, lookup)
        let (builds, next) = try await builds(of: project, filter)
        let ref = filter.filter.ref?.shortName
        var values: PageValues = [
            "builds": rows(builds, project, try await store.avatarURLs(builds, of: project)), "isEmpty": builds.isEmpty,
            "formURL": "\(ProjectLinks.url(project))/builds", "allURL": "\(ProjectLinks.url(project))/builds",
            "olderURL": next.map { filter.url(project, before: $0) },
            "newestURL": filter.before == nil ? nil : filter.url(project),
        ]
        values.merge(filter.values)
        return await renderer.page(
            "history",
            Page(
                title: "Builds of \(ref.map { "\($0), " } ?? "")\(project.repository)",
                path: "\(ProjectLinks.url(project))/builds",
                description: "The builds of \(project.repository)\(ref.map { ", \($0)" } ?? "")",
                crumbs: ProjectLinks.crumbs(
                    project, Page.Link(text: "builds", url: "\(ProjectLinks.url(project))/builds")),
                tabs: ProjectLinks.tabs(project, current: .history), values: values), for: viewer)
    }

    private func builds(
        of project: ProjectRecord, _ history: HistoryFilter
    ) async throws -> (builds: [BuildRecord], next: Int?) {
        let length = Self.pageLength
        let builds = try await store.builds(
            project.id, history.filter, before: history.before, limit: length + 1)
        return (Array(builds.prefix(length)), builds.count > length ? builds[length - 1].number : nil)
    }

    private func rows(_ builds: [BuildRecord], _ project: ProjectRecord, _ avatars: [Int64: String]) -> [PageValues] {
        let now = Date()
        let slowest = builds.filter(\.state.isFinished).map { $0.seconds(now: now) }.max() ?? 1
        return builds.map { build in
            let share = min(1, build.seconds(now: now) / max(1, slowest))
            var values = BuildFacts(build: build, project: project, gitHubURL: gitHubURL).values
            values["avatarURL"] = avatars[build.id]
            values["share"] = build.startedAt == nil ? nil : max(1, Int((share * 100).rounded()))
            return values
        }
    }
}
