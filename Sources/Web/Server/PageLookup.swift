import Foundation
import HTTPTypes
import Hummingbird
import Model
import Store

/// Finds what an address names, for the person who asks.
///
/// What the viewer may not see and what does not exist look the same: 404. Within a project that the viewer may see, its
/// message says which part of the address is unknown.
struct PageLookup: Sendable {
    var store: Store
    var policy: AccessPolicy
    var callers: Callers

    /// Who sends the request now; a stranger when that cannot be found out.
    func viewer(of request: Request) async -> Viewer {
        guard APIGate.covers(request) else { return await callers.sessions.viewer(of: request) }
        return (try? await callers.viewer(of: request)) ?? .stranger
    }

    /// The project of the address `/<owner>/<repo>/…`.
    func project(_ context: WebContext) async throws -> ProjectRecord {
        let owner = try context.parameters.require("owner")
        let repo = try context.parameters.require("repo")
        return try await project(owner, repo, for: context.viewer)
    }

    /// The project of that name.
    func project(_ owner: String, _ repo: String, for viewer: Viewer) async throws -> ProjectRecord {
        guard let name = RepositoryName("\(owner)/\(repo)"), let project = try await store.project(name),
            policy.mayRead(project, viewer)
        else { throw HTTPError(.notFound) }
        return project
    }

    /// The ref that a query names, by its short name too: the branch, or the tag if only one of that name was built;
    /// `nil` for one that cannot be.
    func ref(_ text: some StringProtocol, of project: ProjectRecord) async throws -> GitRef? {
        guard let ref = ProjectLinks.ref(text), !text.hasPrefix("refs/") else { return ProjectLinks.ref(text) }
        let tag = GitRef("refs/tags/\(ref.shortName)")
        if try await store.latestBuild(project.id, ref: ref) == nil,
            try await store.latestBuild(project.id, ref: tag) != nil
        {
            return tag
        }
        return ref
    }

    /// The one of `?ref=`, if it is asked for.
    func ref(of project: ProjectRecord, _ request: Request) async throws -> GitRef? {
        guard let text = request.uri.queryParameters["ref"] else { return nil }
        guard let ref = try await ref(text, of: project) else {
            throw HTTPError(.notFound, message: "\(Self.quoted(text)) is not the name of a branch or tag.")
        }
        return ref
    }

    /// The build of the address `…/builds/<number>/…`.
    func build(_ context: WebContext, of project: ProjectRecord) async throws -> BuildRecord {
        let text = try context.parameters.require("number")
        guard let number = Int(text) else { throw Self.noNumber(text) }
        return try await build(number, of: project)
    }

    /// The build of that number.
    ///
    /// - Throws: 404; 410 when retention removed it.
    func build(_ number: Int, of project: ProjectRecord) async throws -> BuildRecord {
        if let build = try await store.build(project.id, number: number) { return build }
        guard let removed = try await store.removedBuild(project.id, number: number) else {
            throw HTTPError(.notFound, message: "\(project.repository) has no build #\(number).")
        }
        let day = removed.removedAt.formatted(.iso8601.year().month().day())
        throw HTTPError(
            .gone,
            message: "Build #\(number) (\(removed.state.rawValue), \(removed.ref.shortName), "
                + "\(removed.commit.prefix(10))) was removed by retention on \(day).")
    }

    /// The job of the address `…/jobs/<hook>/…`, the latest attempt or `?attempt=N`.
    func job(_ request: Request, _ context: WebContext, of build: BuildRecord) async throws -> JobRecord {
        let name = try context.parameters.require("hook")
        let attempts = if let hook = HookID(name) { try await store.attempts(build.id, hook) } else { [JobRecord]() }
        guard let last = attempts.last else {
            throw HTTPError(.notFound, message: "Build #\(build.number) has no job of \(Self.quoted(name)).")
        }
        guard let wanted = request.uri.queryParameters["attempt"] else { return last }
        guard let job = attempts.first(where: { $0.attempt == Int(wanted) }) else {
            throw HTTPError(
                .notFound,
                message: "\(last.hook) has no attempt \(Self.quoted(wanted)) in build #\(build.number), "
                    + "only \(last.attempt == 1 ? "1" : "1 to \(last.attempt)").")
        }
        return job
    }

    /// The same, when its log is there.
    ///
    /// - Throws: 410 when somebody deleted it.
    func jobWithLog(_ request: Request, _ context: WebContext, of build: BuildRecord) async throws -> JobRecord {
        let job = try await job(request, context, of: build)
        guard let deletion = job.logDeletion else { return job }
        throw Self.gone(job, deletion)
    }

    /// What is answered in place of a log that somebody deleted.
    static func gone(_ job: JobRecord, _ deletion: LogDeletion) -> HTTPError {
        HTTPError(
            .gone,
            message: "The log of attempt \(job.attempt) of \(job.hook) was deleted by \(deletion.by) on "
                + "\(Moment.exact(deletion.at)).")
    }

    /// What is answered where the number of a build is none; the project is one that the caller may see.
    static func noNumber(_ text: some StringProtocol) -> HTTPError {
        HTTPError(.notFound, message: "\(quoted(text)) is not the number of a build.")
    }

    /// As much of a part of the address as a message takes.
    private static func quoted(_ text: some StringProtocol) -> String { "'\(text.prefix(64))'" }

    /// Lets those pass who may see the configuration of the whole server.
    func requireAdministration(_ context: WebContext) throws {
        guard policy.mayReadAdministration(context.viewer) else { throw HTTPError(.notFound) }
    }
}
