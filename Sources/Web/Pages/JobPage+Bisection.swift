import HTTPTypes
import Hummingbird
import Model
import Store

/// "Find the commit that broke it": forms that work without JavaScript, like all others.
extension JobPage {
    func addBisection(to router: Router<WebContext>) {
        router.post("\(JobAddress.page)/bisection") { request, context in
            let subject = try await manage(request, context)
            guard let bisections else { throw HTTPError(.serviceUnavailable) }
            do {
                _ = try await bisections.start(subject, context.viewer.person?.login ?? "somebody")
                return goOn(subject)
            } catch let problem as BisectionProblem {
                let facts = BuildFacts(build: subject.build, project: subject.project, gitHubURL: gitHubURL)
                return try await response(subject.job, facts, refused: problem, for: context.viewer)
            } catch StoreError.conflict {
                // The page showed an older state.
                return goOn(subject)
            }
        }
        router.post("\(JobAddress.page)/bisection/stop") { request, context in
            let subject = try await manage(request, context)
            do {
                let login = context.viewer.person?.login ?? "somebody"
                try await store.stopBisection(ofJob: subject.job.id, by: login)
                return goOn(subject)
            } catch StoreError.notFound {
                throw HTTPError(.notFound)
            }
        }
    }

    /// What the page says about the search for the commit that broke the job, and what the viewer may do about it.
    ///
    /// - Parameter mayBegin: whether the viewer may ask for new jobs in its place.
    func bisection(
        _ job: JobRecord, _ build: BuildFacts, _ url: String, mayBegin: Bool, for viewer: Viewer
    ) async throws -> PageValues {
        let hasFailed = job.state == .failure
        let report = hasFailed ? try await store.bisection(ofJob: job.id) : nil
        let subject = BisectionActions.Subject(job: job, build: build.build, project: build.project)
        // Walking through commits is not for whoever comes along, and no page fails because a mirror is in trouble.
        let prospect = mayBegin && hasFailed && report == nil ? try? await bisections?.prospect(subject) : nil
        let mayStop = report?.record.state == .running && lookup.policy.mayManage(build.project, viewer)
        let isProbe = build.build.isOffHead && build.build.trigger == .manual
        let asking = isProbe ? try await store.bisection(probing: job.id) : nil
        let (action, query) = ("\(url)/bisection", "?attempt=\(job.attempt)")
        return [
            "bisection": report.map {
                BisectionValues(report: $0, project: build.project, gitHubURL: gitHubURL).values
            },
            "askedFor": asking.map { asking -> PageValues in
                let page = ProjectLinks.url(build.project, build: asking.badBuild)
                return ["number": asking.badBuild, "url": "\(page)/jobs/\(job.hook)?attempt=\(asking.bad.attempt)"]
            },
            "prospect": prospect.map { prospect -> PageValues in
                let range = "\(prospect.good)...\(build.build.commit)"
                return [
                    "commits": Count.text(prospect.commits, "commit"), "number": prospect.goodBuild,
                    "url": ProjectLinks.url(build.project, build: prospect.goodBuild),
                    "compareURL": "\(gitHubURL)/\(build.project.repository)/compare/\(range)",
                ]
            },
            // One commit need not be searched for.
            "bisectURL": prospect.map(\.commits) ?? 0 > 1 ? "\(action)\(query)" : nil,
            "stopBisectURL": mayStop ? "\(action)/stop\(query)" : nil,
        ]
    }

    private func goOn(_ subject: BisectionActions.Subject) -> Response {
        let page = "\(ProjectLinks.url(subject.project, build: subject.build.number))/jobs/\(subject.job.hook)"
        return Forms.goOn(to: "\(page)?attempt=\(subject.job.attempt)")
    }

    /// The job of the address, for somebody who may change something in its project and sent the form from its page.
    private func manage(_ request: Request, _ context: WebContext) async throws -> BisectionActions.Subject {
        let project = try await lookup.project(context)
        guard lookup.policy.mayManage(project, context.viewer) else { throw HTTPError(.forbidden) }
        _ = try await Forms.fields(request, context)
        let build = try await lookup.build(context, of: project)
        let job = try await lookup.job(request, context, of: build)
        return BisectionActions.Subject(job: job, build: build, project: project)
    }
}
