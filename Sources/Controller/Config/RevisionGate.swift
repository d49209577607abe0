import Git
import Model
import Reconciler
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
    /// What is remembered of a project on GitHub.
    private let record: @Sendable (RepositoryName) async throws -> ReconcileRecord?

    /// What the store has applied.
    init(_ mirror: GitMirror, _ store: Store) async throws {
        self.mirror = mirror
        record = { name in
            guard let project = try await store.project(name) else { return nil }
            return try await store.reconcileRecord(project.id)
        }
        settings = try await store.serverSettings()
        commit = try await store.appliedConfigRevision()?.commit
        projects = try await store.activeProjects().map(\.config)
    }

    /// - Parameter records: what is remembered of all projects.
    init(_ mirror: GitMirror?, _ applied: AppliedConfiguration, _ records: [ReconcileRecord]) {
        self.mirror = mirror
        let known = Dictionary(records.map { ($0.project.repository, $0) }) { first, _ in first }
        record = { known[$0] }
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
    /// - Parameters:
    ///   - heads: the commits that bring it. A trailer anywhere among those since the applied revision counts, since
    ///     merges and squashes may have put it there.
    ///   - isForStrangers: whether it must not tell who has access.
    func removalRefusal(
        of desired: DesiredState, heads: [String], isForStrangers: Bool = false
    ) async throws -> String? {
        var losses = try await losses(desired)
        if isForStrangers { losses = losses.mapValues(\.nameless) }
        let removals = Removals(from: projects, to: desired, losses: losses)
        let fraction = settings?.pruneMaxFraction ?? desired.server.pruneMaxFraction
        guard removals.exceeds(fraction) else { return nil }
        return removals.refusal(fraction: fraction, messages: try await messages(upTo: heads))
    }

    /// What a desired state takes away.
    func removals(_ desired: DesiredState) async throws -> Removals {
        Removals(from: projects, to: desired, losses: try await losses(desired))
    }

    /// Who loses access because a project becomes authoritative. Where nobody looked who has access, nothing is known: the
    /// pass that looks decides then (`RemovalGate`).
    private func losses(_ desired: DesiredState) async throws -> [RepositoryName: AccessLoss] {
        let before = Set(projects.filter(\.permissions.authoritative).map(\.repository))
        var losses: [RepositoryName: AccessLoss] = [:]
        for project in desired.projects
        where project.permissions.authoritative && !before.contains(project.repository) {
            guard let seen = StoredPlan.observation(try await record(project.repository)?.observation) else { continue }
            losses[project.repository] = AccessLoss(project, seen)
        }
        return losses
    }

    /// The numbers of people and teams that may lose access in projects that became authoritative and did not take it
    /// from anybody yet, by the repository's key: what its own commit was let through with, and what commits say.
    ///
    /// - Parameters:
    ///   - desired: a state that may be applied.
    ///   - heads: the commits that bring it.
    func agreements(_ desired: DesiredState, heads: [String]) async throws -> [String: [Int]]? {
        let declared = Set(desired.projects.map(\.repository))
        let kept = projects.filter { project in
            !declared.contains(project.repository)
                && (desired.hasUnreadableFile || desired.broken.contains(project.repository))
        }
        let authoritative = (desired.projects + kept).filter(\.permissions.authoritative)
        let before = Set(projects.filter(\.permissions.authoritative).map(\.repository))
        guard !authoritative.isEmpty else { return nil }
        let losses = try await losses(desired)
        let confirmed = try await messages(upTo: heads).flatMap(Removals.confirmed)
        var agreed: [String: [Int]] = [:]
        for project in authoritative {
            let key = project.repository.key
            var counts = settings?.agreedRemovals?[key] ?? []
            for count in confirmed + (losses[project.repository].map { [$0.names.count] } ?? [])
            where count > 0 && !counts.contains(count) { counts.append(count) }
            guard !counts.isEmpty else { continue }
            // Of one that becomes so now, the last pass may still say what it was before.
            if before.contains(project.repository), try await isAuthoritative(project.repository) { continue }
            agreed[key] = counts.suffix(Self.mostNumbers)
        }
        return agreed.isEmpty ? nil : agreed
    }

    /// Whether a pass already took access from those who are not declared.
    private func isAuthoritative(_ name: RepositoryName) async throws -> Bool {
        try await record(name)?.baseline.flatMap(KnownBaselines.read)?.isAuthoritative == true
    }

    /// Numbers that are remembered for a project.
    private static let mostNumbers = 20

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
