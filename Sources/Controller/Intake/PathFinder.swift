import Git
import Model
import Store

/// What an event changed, found in the project's mirror.
struct PathFinder: Sendable {
    var mirrors: ProjectMirrors

    /// What each event changed that the hooks' rules ask about.
    ///
    /// - Throws: `GitError` when the repository could not be fetched.
    func changes(for triggered: Triggered) async throws -> [TriggerEvent: ChangedPaths] {
        var found: [TriggerEvent: ChangedPaths] = [:]
        for event in triggered.asksForPaths {
            found[event] = try await changes(of: event, in: triggered.project.repository)
        }
        return found
    }

    /// - Throws: `GitError` when the repository could not be fetched. That it lacks a commit is no error: then nobody can
    ///   say what changed, and the job that runs says what is missing.
    func changes(of event: TriggerEvent, in repository: RepositoryName) async throws -> ChangedPaths {
        let base = ChangedPaths.Base(event)
        if case .none(let reason) = base { return .unknown(reason) }
        let mirror = await mirrors.mirror(repository)
        if await !mirror.contains(commit: event.commit) { try await mirrors.fetch(repository) }
        guard await mirror.contains(commit: event.commit) else {
            return .unknown("the commit is not in the repository any more")
        }
        do {
            switch base {
            case .none(let reason): return .unknown(reason)
            case .commit(let before):
                guard await mirror.contains(commit: before) else {
                    return .unknown("the previous head \(before.prefix(8)) is not in the repository any more")
                }
                return try await changes(
                    mirror, from: before, to: event.commit, "the previous head \(before.prefix(8))")
            case .mergeBase(let branch, let commit):
                guard let tip = try await tip(of: branch, commit, in: mirror),
                    let base = try await mirror.mergeBase(tip, event.commit)
                else { return .unknown("nothing is common with \(branch)") }
                return try await changes(
                    mirror, from: base, to: event.commit, "\(base.prefix(8)), the merge base with \(branch)")
            }
        } catch {
            // A damaged mirror is cloned again by the next fetch; a change of too many files stays one.
            guard error.kind == .invalid || error.kind == .other || error.kind == .notFound else { throw error }
            return .unknown(error.message)
        }
    }

    private func tip(of branch: String, _ commit: String?, in mirror: GitMirror) async throws(GitError) -> String? {
        if let commit, await mirror.contains(commit: commit) { return commit }
        return try await mirror.resolve("refs/heads/\(branch)")
    }

    private func changes(
        _ mirror: GitMirror, from base: String, to commit: String, _ name: String
    ) async throws(GitError) -> ChangedPaths {
        let changes = try await mirror.changes(from: base, to: commit)
        return .paths(changes.map { String(decoding: $0.path, as: UTF8.self) }, base: name)
    }
}
