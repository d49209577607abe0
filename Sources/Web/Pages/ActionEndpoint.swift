import Hummingbird
import Model
import Store

/// What the buttons do: each is a form, and each answer sends the browser back to a page.
struct ActionEndpoint: Sendable {
    var store: Store
    var lookup: PageLookup

    /// Shows the note of a page that what was asked for happens: often nothing else on it changes.
    static let asked = "#asked"

    func add(to router: Router<WebContext>) {
        addSync(to: router)
        router.post("{owner}/{repo}/builds/{number}/rerun") { request, context in
            let (project, fields) = try await manage(request, context)
            let build = try await lookup.build(context, of: project)
            try await act { () throws(StoreError) in
                _ = try await store.rerunFailed(build.id, with: Self.configuration(fields))
            }
            return Forms.goOn(to: ProjectLinks.url(project, build: build.number))
        }
        router.post("{owner}/{repo}/builds/{number}/approve") { request, context in
            let (project, fields) = try await manage(request, context)
            let build = try await lookup.build(context, of: project)
            // What was looked at is what is approved, whatever has happened since the page was made.
            guard fields["commit"] == build.commit else { throw HTTPError(.badRequest) }
            let login = context.viewer.person?.login ?? "somebody"
            try await act { () throws(StoreError) in _ = try await store.approve(build.id, by: login) }
            return Forms.goOn(to: ProjectLinks.url(project, build: build.number))
        }
        router.post("{owner}/{repo}/builds/{number}/cancel") { request, context in
            let (project, _) = try await manage(request, context)
            let build = try await lookup.build(context, of: project)
            let cancellation = BuildCancellation(
                projectID: project.id, .build(build.id), reason: Self.reason(context))
            try await act { () throws(StoreError) in _ = try await store.cancelBuilds(cancellation) }
            return Forms.goOn(to: ProjectLinks.url(project, build: build.number))
        }
        router.post("{owner}/{repo}/builds/{number}/jobs/{hook}/rerun") { request, context in
            let (project, fields) = try await manage(request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            try await act { () throws(StoreError) in
                _ = try await store.rerun(build.id, job.hook, with: Self.configuration(fields))
            }
            return Forms.goOn(to: "\(ProjectLinks.url(project, build: build.number))/jobs/\(job.hook)")
        }
        router.post("{owner}/{repo}/builds/{number}/jobs/{hook}/cancel") { request, context in
            let (project, _) = try await manage(request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            try await act { () throws(StoreError) in
                try await store.requestCancel(job.id, reason: Self.reason(context))
            }
            return Forms.goOn(to: "\(ProjectLinks.url(project, build: build.number))/jobs/\(job.hook)")
        }
        router.post("\(JobAddress.page)/log/delete") { request, context in
            let (project, _) = try await manage(request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            let login = context.viewer.person?.login ?? "somebody"
            try await act { () throws(StoreError) in try await store.deleteLog(job.id, by: login) }
            let page = "\(ProjectLinks.url(project, build: build.number))/jobs/\(job.hook)"
            return Forms.goOn(to: "\(page)?attempt=\(job.attempt)")
        }
        router.post("{owner}/{repo}/settings/sync") { request, context in
            let (project, _) = try await manage(request, context)
            store.noteAdminRepositoryChange()
            try await act { () throws(StoreError) in
                try await store.wantSync(project.id)
                try await store.wantRoles(.project(project.id))
            }
            return Forms.goOn(to: "\(ProjectLinks.url(project))/settings\(Self.asked)")
        }
    }

    /// Reads the admin repository now, and tries again what is not as declared.
    private func addSync(to router: Router<WebContext>) {
        router.post("_sync") { request, context in
            try lookup.requireAdministration(context)
            _ = try await Forms.fields(request, context)
            store.noteAdminRepositoryChange()
            try await act { () throws(StoreError) in
                for project in try await store.activeProjects() where project.condition.status != .ready {
                    try await store.wantSync(project.id)
                }
                try await store.wantRoles(.adminRepository)
            }
            return Forms.goOn(to: "/_sync\(Self.asked)")
        }
    }

    /// The project of the address, for somebody who may change something in it and sent the form from one of our pages.
    private func manage(
        _ request: Request, _ context: WebContext
    ) async throws -> (ProjectRecord, [String: String]) {
        let project = try await lookup.project(context)
        guard lookup.policy.mayManage(project, context.viewer) else { throw HTTPError(.forbidden) }
        return (project, try await Forms.fields(request, context))
    }

    /// What no longer fits is no mistake of anybody: the page showed an older state.
    private func act(_ body: () async throws(StoreError) -> Void) async throws {
        do throws(StoreError) {
            try await body()
        } catch {
            switch error {
            case .conflict: return
            case .notFound: throw HTTPError(.notFound)
            default: throw error
            }
        }
    }

    private static func configuration(_ fields: [String: String]) -> Store.RerunConfiguration {
        fields["with"] == "now" ? .now : .then
    }

    private static func reason(_ context: WebContext) -> String {
        "cancelled by \(context.viewer.person?.login ?? "somebody")"
    }
}
