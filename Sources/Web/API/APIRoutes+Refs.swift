import Hummingbird
import Model
import Store

/// Where builds are, and what they begin with: branches, open pull requests, cached images.
extension APIRoutes {
    private static let imageLimit = 1000

    func addRefs(to router: Router<WebContext>) {
        let project = "\(Self.root)/projects/{owner}/{repo}"
        router.get("\(project)/branches") { request, context in
            JSONResponse.make(try await branches(request, of: try await lookup.project(context)))
        }
        router.get("\(project)/pull-requests") { request, context in
            JSONResponse.make(try await pullRequests(request, of: try await lookup.project(context)))
        }
        router.get("\(project)/images") { _, context in
            let project = try await lookup.project(context)
            let images = try await store.cachedImages(project.id)
            return JSONResponse.make(ImageListDocument(images: images.prefix(Self.imageLimit).map(ImageDocument.init)))
        }
    }

    private func branches(_ request: Request, of project: ProjectRecord) async throws -> BranchListDocument {
        let limit = try Self.limit(request)
        let found = try await store.refOverview(
            project.id, before: try Self.number("after", request), limit: limit + 1)
        let last = found.count > limit ? found[limit - 1] : nil
        // A page has fewer entries when it has pull requests among its refs, or what was removed from the repository.
        let shown = found.prefix(limit).filter { overview in
            switch overview.latest.ref.kind {
            case .branch, .tag: overview.exists
            case .pullRequest, .other: false
            }
        }
        return BranchListDocument(
            branches: shown.map { BranchDocument($0.latest, of: project, externalURL: configuration.externalURL) },
            mainStory: try await BuildStory.main(store, project).map(BuildDocument.Story.init),
            next: last.map { String($0.latest.number) })
    }

    private func pullRequests(_ request: Request, of project: ProjectRecord) async throws -> PullRequestListDocument {
        let limit = try Self.limit(request)
        let found = try await store.openPullRequests(
            project.id, before: try Self.number("after", request), limit: limit + 1)
        let last = found.count > limit ? found[limit - 1] : nil
        return PullRequestListDocument(
            pullRequests: found.prefix(limit).map { PullRequestDocument($0, of: project, configuration) },
            next: last.map { String($0.number) })
    }
}
