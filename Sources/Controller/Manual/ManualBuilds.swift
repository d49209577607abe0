import Git
import Logging
import Model
import Store
import Synchronization

/// Builds that somebody asks for by hand, of a branch, a tag or a commit as it is on GitHub now.
///
/// Nothing is stored before the build is: whoever asks waits for it, and asks again when the server ends meanwhile.
public final class ManualBuilds: Sendable {
    /// More questions than these at once would keep fetches of jobs waiting.
    private static let most = 8

    /// What is to be built.
    private struct Target {
        var event: TriggerEvent
        /// Whether the commit is one in the ref's history.
        var isOffHead: Bool
        /// The default branch.
        var main: GitRef?
    }

    private let configuration: ControllerConfiguration
    private let store: Store
    private let mirrors: ProjectMirrors
    private let logger: Logger
    private let underWay = Mutex(0)

    /// - Parameter logger: gets a line for each build, with the login of who asked.
    init(
        configuration: ControllerConfiguration, store: Store, mirrors: ProjectMirrors,
        logger: Logger = Logger(label: "kozmic.manual")
    ) {
        self.configuration = configuration
        self.store = store
        self.mirrors = mirrors
        self.logger = logger
    }

    /// Makes the build, or queues new attempts in the one that the ref has of the commit. A job that waits or runs is left
    /// as it is, so that to ask twice is to ask once.
    ///
    /// Whether the sender may is the caller's to know.
    ///
    /// - Parameter known: the project as the sender saw it. What is declared when its repository was fetched counts.
    /// - Throws: `ManualTriggerProblem`, `StoreError`, `CancellationError`.
    public func start(_ wanted: ManualTrigger, of known: ProjectRecord) async throws -> BuildRecord {
        // A mistake is told before anything is fetched.
        _ = try Self.named(wanted.hooks, of: known)
        let seen = try await store.eventMark(known.id)
        let target = try await target(wanted, of: known)
        let event = target.event
        // That may have taken minutes.
        let project = try await store.project(known.repository) ?? known
        let named = try Self.named(wanted.hooks, of: project)
        if let named { try Self.checkSecrets(of: named, event, main: target.main) }
        let hooks = try named ?? Self.pushed(event, project)
        let pages = configuration.pages(project.repository)
        var build = NewBuild(
            projectID: project.id, event: event, hooks: hooks, trusted: true, configCommit: project.configCommit,
            pageURL: { number, hook in pages.build(number, hook: hook) })
        build.runsAgain = true
        build.seen = seen
        build.isOffHead = target.isOffHead
        guard let made = try await store.createBuild(build) else {
            throw StoreError.notFound("the build of \(event.commit)")
        }
        logger.info(
            "build by hand",
            metadata: [
                "project": "\(project.repository)", "number": "\(made.number)", "ref": "\(made.ref)",
                "commit": "\(made.commit)", "sender": "\(wanted.sender)",
            ])
        return made
    }

    /// In the order of the project's file, each once; `nil` when none is named.
    private static func named(_ ids: [HookID]?, of project: ProjectRecord) throws(ManualTriggerProblem) -> [Hook]? {
        guard project.isActive else {
            throw ManualTriggerProblem(
                .retired, "\(project.repository) is no longer declared.",
                wayOut: "Declare it in the admin repository again.")
        }
        guard let ids else { return nil }
        guard !ids.isEmpty else {
            throw ManualTriggerProblem(
                .noHook, "No hook is named.", wayOut: "Name one, or leave the list out for what a push would run.")
        }
        for id in ids where project.config.hook(id) == nil {
            let known = project.config.hooks.map(\.id.description).joined(separator: ", ")
            throw ManualTriggerProblem(
                .unknownHook, "\(project.repository) has no hook '\(id)'.",
                wayOut: known.isEmpty ? "It declares none." : "It has these: \(known).")
        }
        return project.config.hooks.filter { ids.contains($0.id) }
    }

    /// See `Hook.mayOpenSecrets`.
    private static func checkSecrets(
        of hooks: [Hook], _ event: TriggerEvent, main: GitRef?
    ) throws(ManualTriggerProblem) {
        guard let hook = hooks.first(where: { !$0.mayOpenSecrets(on: event.ref, commit: event.commit, main: main) })
        else { return }
        var rule = "branches"
        if case .tag = event.ref.kind { rule = "tags" }
        throw ManualTriggerProblem(
            .secretHook, "The hook '\(hook.id)' has secrets, and a push to \(event.ref) would not run it.",
            wayOut: "Build the default branch, or let the hook's on.push.\(rule) match \(event.ref.shortName).")
    }

    /// What a push to the ref would run. Rules about paths are no part of it: nothing was changed.
    private static func pushed(_ event: TriggerEvent, _ project: ProjectRecord) throws(ManualTriggerProblem) -> [Hook] {
        let push = TriggerEvent(kind: .push, ref: event.ref, commit: event.commit)
        let hooks = project.config.hooks.filter { HookMatch($0, push).runs }
        guard !hooks.isEmpty else {
            throw ManualTriggerProblem(
                .noHook, "A push to \(event.ref.shortName) would run none of the hooks.",
                wayOut: "Name the hooks that are to run.")
        }
        return hooks
    }

    private func target(_ wanted: ManualTrigger, of project: ProjectRecord) async throws -> Target {
        let isFree = underWay.withLock { count in
            guard count < Self.most else { return false }
            count += 1
            return true
        }
        guard isFree else { throw unavailable("The server looks for \(Self.most) other builds already.") }
        defer { underWay.withLock { $0 -= 1 } }
        do {
            try await mirrors.fetch(project.repository, timeout: .seconds(120))
            let main = try await mirrors.defaultBranch(of: project)
            guard let name = wanted.ref ?? main?.description else {
                throw ManualTriggerProblem(
                    .unknownRef, "\(project.repository) has no default branch.", wayOut: "Push a commit first.")
            }
            let mirror = await mirrors.mirror(project.repository)
            let found = try await RefFinder(repository: project.repository, mirror: mirror).find(name, main: main)
            let facts = try await mirror.commit(found.commit)
            let event = TriggerEvent(
                kind: .manual, ref: found.ref, commit: found.commit, message: String(facts.message.prefix(8000)),
                authorName: facts.author.name, authorEmail: facts.author.email, sender: wanted.sender)
            return Target(event: event, isOffHead: found.isOffHead, main: main)
        } catch let error as GitError {
            if error.kind == .cancelled { throw CancellationError() }
            throw unavailable("\(project.repository) could not be fetched: \(error.message).")
        }
    }

    private func unavailable(_ message: String) -> ManualTriggerProblem {
        ManualTriggerProblem(.unavailable, message, wayOut: "Try again in a moment.")
    }
}
