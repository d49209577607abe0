import Hummingbird
import Model
import Store

extension APIRoutes {
    private struct Rerun: APIFields {
        enum CodingKeys: CodingKey, CaseIterable { case with }
        enum Configuration: String, Decodable { case then, now }
        var with: Configuration?

        var configuration: Store.RerunConfiguration { with == .now ? .now : .then }
    }

    private struct Approval: APIFields {
        enum CodingKeys: CodingKey, CaseIterable { case commit }
        var commit: String
    }

    private struct Start: APIFields {
        enum CodingKeys: CodingKey, CaseIterable { case ref, hooks }
        var ref: String?
        var hooks: [String]?

        /// - Throws: 400 for what no project can have.
        func trigger(by sender: String) throws(APIProblem) -> ManualTrigger {
            if let ref, !(1...ManualTrigger.longestRef).contains(ref.utf8.count) {
                throw APIProblem.badRequest("ref has 1 to \(ManualTrigger.longestRef) bytes.")
            }
            var trigger = ManualTrigger(ref: ref, sender: sender)
            guard let hooks else { return trigger }
            guard (1...ManualTrigger.mostHooks).contains(hooks.count) else {
                throw APIProblem.badRequest("hooks names 1 to \(ManualTrigger.mostHooks) hooks, or is left out.")
            }
            let ids = hooks.compactMap { HookID($0) }
            guard ids.count == hooks.count else { throw APIProblem.badRequest("hooks are ids, such as tests.") }
            trigger.hooks = ids
            return trigger
        }
    }

    func addActions(to router: Router<WebContext>) {
        let builds = "\(Self.root)/projects/{owner}/{repo}/builds/{number}"
        router.post("\(Self.root)/projects/{owner}/{repo}/builds") { request, context in
            let (project, body) = try await manage(Start.self, request, context)
            return try await start(try body.trigger(by: context.viewer.person?.login ?? "somebody"), project)
        }
        router.post("\(builds)/rerun") { request, context in
            let (project, body) = try await manage(Rerun.self, request, context)
            let build = try await lookup.build(context, of: project)
            guard try await !store.rerunFailed(build.id, with: body.configuration).isEmpty else {
                throw StoreError.conflict("build #\(build.number) has no job that failed")
            }
            return try await answer(build, project)
        }
        router.post("\(builds)/cancel") { request, context in
            let (project, _) = try await manage(APIBody.Nothing.self, request, context)
            let build = try await lookup.build(context, of: project)
            let cancellation = BuildCancellation(projectID: project.id, .build(build.id), reason: reason(context))
            guard try await store.cancelBuilds(cancellation) > 0 else {
                throw StoreError.conflict("build #\(build.number) has no job that has not ended")
            }
            return try await answer(build, project)
        }
        router.post("\(builds)/approve") { request, context in
            let (project, body) = try await manage(Approval.self, request, context)
            let build = try await lookup.build(context, of: project)
            // What was looked at is what is approved, whatever has happened since.
            guard body.commit == build.commit else {
                throw StoreError.conflict("build #\(build.number) is of the commit \(build.commit)")
            }
            try await store.approve(build.id, by: context.viewer.person?.login ?? "somebody")
            return try await answer(build, project)
        }
        router.post("\(JobAddress.api)/rerun") { request, context in
            let (project, body) = try await manage(Rerun.self, request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            let queued = try await store.rerun(build.id, job.hook, with: body.configuration)
            return JSONResponse.make(try await document(queued, build, project))
        }
        router.post("\(JobAddress.api)/cancel") { request, context in
            let (project, _) = try await manage(APIBody.Nothing.self, request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            guard try await store.requestCancel(job.id, reason: reason(context)) else {
                throw StoreError.conflict("attempt \(job.attempt) of \(job.hook) has ended")
            }
            let now = try await store.job(job.id) ?? job
            return JSONResponse.make(try await document(now, build, project))
        }
        router.delete("\(JobAddress.api)/log") { request, context in
            let (project, _) = try await manage(APIBody.Nothing.self, request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.jobWithLog(request, context, of: build)
            let deleted = try await store.deleteLog(job.id, by: context.viewer.person?.login ?? "somebody")
            return JSONResponse.make(try await document(deleted, build, project))
        }
        router.post("\(Self.root)/projects/{owner}/{repo}/sync") { request, context in
            let (project, _) = try await manage(APIBody.Nothing.self, request, context)
            store.noteAdminRepositoryChange()
            try await store.wantSync(project.id)
            try await store.wantRoles(.project(project.id))
            return JSONResponse.make(try await document(project, context.viewer), status: .accepted)
        }
    }

    private func start(_ trigger: ManualTrigger, _ project: ProjectRecord) async throws -> Response {
        guard let startBuild = configuration.startBuild else { throw HTTPError(.serviceUnavailable) }
        do {
            let build = try await startBuild(trigger, project)
            return JSONResponse.make(try await document(build, project), status: .created)
        } catch let problem as ManualTriggerProblem {
            throw APIProblem(problem)
        }
    }

    /// The project of the address and what was sent, from somebody who may change something in it.
    func manage<Body: APIFields>(
        _ type: Body.Type, _ request: Request, _ context: WebContext
    ) async throws -> (ProjectRecord, Body) {
        let project = try await lookup.project(context)
        guard context.viewer.person != nil else { throw HTTPError(.unauthorized) }
        guard lookup.policy.mayManage(project, context.viewer) else { throw HTTPError(.forbidden) }
        return (project, try await APIBody.read(type, request, context))
    }

    /// The build as it is now.
    private func answer(_ build: BuildRecord, _ project: ProjectRecord) async throws -> Response {
        JSONResponse.make(try await document(try await store.build(id: build.id) ?? build, project))
    }

    private func reason(_ context: WebContext) -> String {
        "cancelled by \(context.viewer.person?.login ?? "somebody")"
    }
}
