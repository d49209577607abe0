import Git
import Model
import Store

/// Decides whether a revision of the admin repository may be applied: who signed it, and how much it takes away. What
/// is applied now decides, not what asks to be.
struct RevisionGate: Sendable {
    /// Where the commits are; `nil` when there are none, as in a folder without git.
    var mirror: GitMirror?
    /// The settings that are applied; `nil` before the first revision.
    var settings: ServerSettings?
    /// The commit that is applied.
    var commit: String?
    /// The projects that are applied.
    var projects: [Project]

    /// What the store has applied.
    init(_ mirror: GitMirror, _ store: Store) async throws {
        self.mirror = mirror
        settings = try await store.serverSettings()
        commit = try await store.appliedConfigRevision()?.commit
        projects = try await store.activeProjects().map(\.config)
    }

    init(_ mirror: GitMirror?, _ applied: AppliedConfiguration) {
        self.mirror = mirror
        settings = applied.settings
        commit = applied.commit
        projects = applied.projects
    }

    /// Whether commits must be signed.
    var asksForSignature: Bool { !SignerRule(settings?.allowedSigners ?? []).isEmpty }

    /// Why a commit is not taken for one of those who may change the configuration; `nil` when it is.
    func signatureRefusal(of id: String) async throws -> String? {
        let rule = SignerRule(settings?.allowedSigners ?? [])
        guard !rule.isEmpty, let mirror else { return nil }
        let signature = try await mirror.signature(of: id)
        return rule.refusal(signature: signature?.signature, content: signature?.content ?? [])
    }

    /// Why a desired state is held for what it takes away; `nil` when it may be applied.
    ///
    /// - Parameter heads: the commits that bring it. A trailer anywhere among those since the applied revision counts,
    ///   since merges and squashes may have put it there.
    func removalRefusal(of desired: DesiredState, heads: [String]) async throws -> String? {
        let removals = Removals(from: projects, to: desired)
        let fraction = settings?.pruneMaxFraction ?? desired.server.pruneMaxFraction
        guard removals.exceeds(fraction) else { return nil }
        return removals.refusal(fraction: fraction, messages: try await messages(upTo: heads))
    }

    /// Newest first.
    private func messages(upTo heads: [String]) async throws -> [String] {
        guard let mirror else { return [] }
        var messages: [String] = []
        var queue = heads[...]
        var seen: Set<String> = []
        while let id = queue.popFirst(), messages.count < Self.mostMessages {
            guard seen.insert(id).inserted, id != commit else { continue }
            if let commit, await mirror.contains(commit: commit), try await mirror.mergeBase(id, commit) == id {
                continue
            }
            let found = try await mirror.commit(id)
            messages.append(found.message)
            queue += found.parents
        }
        return messages
    }

    /// Commits that are looked through for a trailer.
    private static let mostMessages = 200
}
