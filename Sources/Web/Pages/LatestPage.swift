import HTTPTypes
import Hummingbird
import Model
import Store

/// `/<owner>/<repo>`: the latest build, or `?ref=main` of one branch.
struct LatestPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var buildPage: BuildPage

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}") { request, context in
            let project = try await lookup.project(context)
            let ref = try await lookup.ref(of: project, request)
            if let build = try await store.latestBuild(project.id, ref: ref) {
                return try await buildPage.response(build, of: project, tab: .latest, for: context.viewer)
            }
            return await nothing(project, ref, context.viewer)
        }
    }

    private func nothing(_ project: ProjectRecord, _ ref: GitRef?, _ viewer: Viewer) async -> Response {
        let url = ProjectLinks.url(project)
        let mayAdminister = lookup.policy.mayReadAdministration(viewer)
        let mayRun = lookup.policy.mayManage(project, viewer) && project.isActive
        return await renderer.page(
            "nobuild",
            Page(
                title: "\(project.repository)", path: url,
                description: "\(ref?.shortName ?? "\(project.repository)") was not built yet",
                crumbs: ProjectLinks.crumbs(project),
                tabs: ProjectLinks.tabs(project, current: .latest),
                values: [
                    "ref": ref?.shortName, "isReady": project.condition.status == .ready,
                    "condition": ConditionValues.make(project, saysWhy: lookup.policy.mayKnowPeople(project, viewer)),
                    "settingsURL": "\(url)/settings", "runURL": mayRun ? "\(url)/branches" : nil,
                    "deliveriesURL": mayAdminister ? "/_deliveries?repository=\(project.repository)" : nil,
                ]), for: viewer)
    }
}
