import HTTPTypes
import Hummingbird
import Model
import Store

/// Finds what an address names, for the person who asks.
///
/// A private project and one that does not exist look the same to a stranger: 404. Until people can sign in everybody
/// is a stranger.
struct PageLookup: Sendable {
    var store: Store

    /// The project of the address `/<owner>/<repo>/…`.
    func project(_ context: BasicRequestContext) async throws -> ProjectRecord {
        let owner = try context.parameters.require("owner")
        let repo = try context.parameters.require("repo")
        return try await project(owner, repo)
    }

    /// The project of that name.
    func project(_ owner: String, _ repo: String) async throws -> ProjectRecord {
        guard let name = RepositoryName("\(owner)/\(repo)"), let project = try await store.project(name),
            isVisible(project)
        else { throw HTTPError(.notFound) }
        return project
    }

    /// The build of the address `…/builds/<number>/…`.
    func build(_ context: BasicRequestContext, of project: ProjectRecord) async throws -> BuildRecord {
        guard let number = Int(try context.parameters.require("number")),
            let build = try await store.build(project.id, number: number)
        else { throw HTTPError(.notFound) }
        return build
    }

    /// The job of the address `…/jobs/<hook>/…`, the latest attempt or `?attempt=N`.
    func job(_ request: Request, _ context: BasicRequestContext, of build: BuildRecord) async throws -> JobRecord {
        guard let hook = HookID(try context.parameters.require("hook")) else { throw HTTPError(.notFound) }
        let attempts = try await store.attempts(build.id, hook)
        let wanted = request.uri.queryParameters["attempt"].map { Int($0) }
        let job = wanted == nil ? attempts.last : attempts.first { $0.attempt == wanted }
        guard let job else { throw HTTPError(.notFound) }
        return job
    }

    /// Whether a stranger may see it.
    func isVisible(_ project: ProjectRecord) -> Bool { !project.isPrivate }
}
