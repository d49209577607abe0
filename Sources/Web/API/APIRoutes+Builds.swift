import Hummingbird
import Model
import Store

extension APIRoutes {
    func addBuilds(to router: Router<WebContext>) {
        let project = "\(Self.root)/projects/{owner}/{repo}"
        router.get("\(project)/builds") { request, context in
            JSONResponse.make(try await builds(request, of: try await lookup.project(context)))
        }
        router.get("\(project)/builds/{number}") { _, context in
            let project = try await lookup.project(context)
            return JSONResponse.make(try await document(try await lookup.build(context, of: project), project))
        }
        router.get("\(project)/builds/{number}/jobs/{hook}") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            return JSONResponse.make(try await document(job, build, project))
        }
        router.get("\(Self.root)/queue") { _, context in JSONResponse.make(try await queue(context.viewer)) }
    }

    private func builds(_ request: Request, of project: ProjectRecord) async throws -> BuildListDocument {
        let limit = try Self.limit(request)
        let found = try await store.builds(
            project.id, try await filter(request, project), before: try Self.number("after", request), limit: limit + 1)
        let last = found.count > limit ? found[limit - 1] : nil
        return BuildListDocument(
            builds: found.prefix(limit).map {
                BuildDocument($0, of: project.repository, externalURL: configuration.externalURL)
            }, next: last.map { String($0.number) })
    }

    private func filter(_ request: Request, _ project: ProjectRecord) async throws -> BuildFilter {
        var filter = BuildFilter(
            author: try Self.text("author", request), text: try Self.text("text", request))
        if let text = try Self.text("branch", request) {
            guard let ref = try await lookup.ref(text, of: project) else {
                throw APIProblem.badRequest("branch names no ref.")
            }
            filter.ref = ref
        }
        if let text = try Self.text("status", request) {
            guard let state = BuildState(rawValue: text) else {
                throw APIProblem.badRequest(
                    "status is one of queued, running, success, failure, error and cancelled.")
            }
            filter.state = state
        }
        if let text = try Self.text("hook", request) {
            guard let hook = HookID(text) else { throw APIProblem.badRequest("hook names no hook.") }
            filter.hook = hook
        }
        return filter
    }

    /// A build with its jobs.
    func document(_ build: BuildRecord, _ project: ProjectRecord) async throws -> BuildDocument {
        var document = BuildDocument(build, of: project.repository, externalURL: configuration.externalURL)
        let jobs = try await store.jobs(build.id)
        let places = try await store.queuePlaces(jobs.filter { $0.state == .queued }.map(\.id))
        var documents: [JobDocument] = []
        for job in jobs {
            documents.append(
                JobDocument(
                    job, buildPage: document.page, place: places[job.id],
                    attempts: try await store.attempts(build.id, job.hook)))
        }
        document.jobs = documents
        document.supersededBy = build.successor(jobs)
        document.story = try await BuildStory(store, build, project).map(BuildDocument.Story.init)
        document.siblings = try await store.siblings(of: build).map(BuildDocument.Sibling.init)
        return document
    }

    /// A job with all of its attempts, and where its time went.
    func document(_ job: JobRecord, _ build: BuildRecord, _ project: ProjectRecord) async throws -> JobDocument {
        let places = try await store.queuePlaces(job.state == .queued ? [job.id] : [])
        let address = PageAddress(externalURL: configuration.externalURL, repository: project.repository)
        var document = JobDocument(
            job, buildPage: address.build(build.number), place: places[job.id],
            attempts: try await store.attempts(build.id, job.hook))
        document.times = try await JobTimes(job, LogExcerpts(store.logs, indexes)).documents(job)
        document.usualSeconds = try await store.usualSeconds(
            build.projectID, job.hook, beforeBuild: build.number)
        document.similarFailures = try await SimilarFailureValues(store, job, project).map {
            SimilarFailuresDocument($0.similar, address)
        }
        return document
    }

    /// What runs and what waits, of all projects that the viewer may see.
    private func queue(_ viewer: Viewer) async throws -> QueueDocument {
        let jobs = try await store.openJobs(limit: 1000)
        let visible = jobs.filter { lookup.policy.mayRead($0.project, viewer) }
        let places = try await store.queuePlaces(visible.filter { $0.job.state == .queued }.map(\.job.id))
        let entries = visible.map { item -> QueueDocument.Entry in
            let address = PageAddress(
                externalURL: configuration.externalURL, repository: item.project.repository)
            return QueueDocument.Entry(
                repository: item.project.repository.description, build: item.build.number,
                refName: item.build.ref.shortName,
                job: JobDocument(item.job, buildPage: address.build(item.build.number), place: places[item.job.id]))
        }
        return QueueDocument(
            running: entries.filter { $0.job.state == JobState.running.rawValue },
            queued: entries.filter { $0.job.state == JobState.queued.rawValue }.sorted {
                ($0.job.queue?.position ?? .max) < ($1.job.queue?.position ?? .max)
            })
    }
}
