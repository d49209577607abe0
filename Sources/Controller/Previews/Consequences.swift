import Model

/// What comes of a change of the configuration besides the operations on GitHub.
struct Consequences: Sendable, Hashable {
    /// An install script that runs again, or for the first time.
    struct Rebuild: Sendable, Hashable {
        var repository: RepositoryName
        var hook: HookID
        /// What of the cache key changes; none when there was no install script before.
        var parts: [String]
        /// How long it took when it last ended well.
        var lastSeconds: Double?
    }

    /// A commit status that nobody reports any more.
    struct LostContext: Sendable, Hashable {
        var repository: RepositoryName
        var context: String
        /// The branch that takes nothing without it; `nil` when none is known to.
        var branch: String?
        /// The open pull requests into that branch.
        var waiting = 0
    }

    /// A sealed value that jobs get anew, or no longer.
    struct SecretChange: Sendable, Hashable {
        var repository: RepositoryName
        var hook: HookID
        var name: String
        /// `added`, `changed` or `removed`.
        var kind: String
    }

    var rebuilds: [Rebuild] = []
    var lostContexts: [LostContext] = []
    var secrets: [SecretChange] = []
    /// What could not be read about required statuses; sentences.
    var notes: [String] = []

    /// Only those that a branch asks for.
    var requiredContexts: [LostContext] { lostContexts.filter { $0.branch != nil } }
}

extension Consequences {
    /// What follows from one project's old and new configuration alone; times and required statuses are not known yet.
    mutating func compare(_ old: Project?, _ new: Project?) {
        let name = new?.repository ?? old?.repository
        guard let name else { return }
        let hooks = Set((old?.hooks ?? []).map(\.id) + (new?.hooks ?? []).map(\.id)).sorted()
        for id in hooks {
            let (before, after) = (old?.hook(id), new?.hook(id))
            if let after, after.installScript != nil {
                let parts = before.map { Self.keyParts($0, after) } ?? []
                if before?.installScript == nil || !parts.isEmpty {
                    rebuilds.append(Rebuild(repository: name, hook: id, parts: parts))
                }
            }
            let (sealed, resealed) = (before?.secrets ?? [:], after?.secrets ?? [:])
            for secret in Set(sealed.keys).union(resealed.keys).sorted() where sealed[secret] != resealed[secret] {
                let kind = sealed[secret] == nil ? "added" : resealed[secret] == nil ? "removed" : "changed"
                secrets.append(SecretChange(repository: name, hook: id, name: secret, kind: kind))
            }
        }
        let kept = new?.statusContexts ?? []
        lostContexts += (old?.statusContexts ?? []).filter { !kept.contains($0) }
            .map { LostContext(repository: name, context: $0) }
    }

    /// The parts of the cache key that two versions of a hook do not share.
    private static func keyParts(_ old: Hook, _ new: Hook) -> [String] {
        guard old.installScript != nil else { return [] }
        var parts: [String] = []
        if old.image != new.image { parts.append("image") }
        if old.user != new.user { parts.append("user") }
        if old.environment != new.environment { parts.append("env") }
        if old.installScript != new.installScript { parts.append("install_script") }
        if old.trackedFiles != new.trackedFiles { parts.append("tracked_files") }
        return parts
    }
}

extension Project {
    /// The contexts of the commit statuses that its builds report.
    var statusContexts: [String] {
        (hooks.contains { $0.settings.status != .jobs } ? [CommitStatus.buildContext] : [])
            + hooks.filter { $0.settings.status != .build }.map { CommitStatus.jobContext($0.id) }
    }
}
