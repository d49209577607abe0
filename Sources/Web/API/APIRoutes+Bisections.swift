import HTTPTypes
import Hummingbird
import Model
import Store

extension APIRoutes {
    /// The search for the commit that broke a job.
    func addBisections(to router: Router<WebContext>) {
        let path = "\(JobAddress.api)/bisection"
        router.get("\(path)") { request, context in
            let project = try await lookup.project(context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            guard let report = try await store.bisection(ofJob: job.id) else { throw Self.noBisection(job, build) }
            return JSONResponse.make(document(report, project))
        }
        router.post("\(path)") { request, context in
            let (project, _) = try await manage(APIBody.Nothing.self, request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            guard let bisections = configuration.bisections else { throw HTTPError(.serviceUnavailable) }
            do {
                let subject = BisectionActions.Subject(job: job, build: build, project: project)
                let begun = try await bisections.start(subject, context.viewer.person?.login ?? "somebody")
                return JSONResponse.make(document(begun.report, project), status: begun.isNew ? .created : .ok)
            } catch let problem as BisectionProblem {
                throw APIProblem(problem)
            }
        }
        router.delete("\(path)") { request, context in
            let (project, _) = try await manage(APIBody.Nothing.self, request, context)
            let build = try await lookup.build(context, of: project)
            let job = try await lookup.job(request, context, of: build)
            do {
                let login = context.viewer.person?.login ?? "somebody"
                let report = try await store.stopBisection(ofJob: job.id, by: login)
                return JSONResponse.make(document(report, project))
            } catch StoreError.notFound {
                throw Self.noBisection(job, build)
            }
        }
    }

    private func document(_ report: BisectionReport, _ project: ProjectRecord) -> BisectionDocument {
        BisectionDocument(
            report, PageAddress(externalURL: configuration.externalURL, repository: project.repository),
            repositoryURL: "\(configuration.gitHubURL)/\(project.repository)")
    }

    private static func noBisection(_ job: JobRecord, _ build: BuildRecord) -> APIProblem {
        APIProblem(
            .notFound, "no_bisection",
            "Nobody searched for the commit that broke attempt \(job.attempt) of \(job.hook) in build #\(build.number).",
            wayOut: "POST to this address begins the search, kozmic bisect does, and so does the job's page.")
    }
}
