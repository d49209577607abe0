import Config
import Foundation
import Git
import GitHub
import Model
import Reconciler
import Store

/// Plans what a pull request of the admin repository would do: its head merged with the admin branch as it is now,
/// against what is remembered of GitHub. Changes nothing, and runs nothing of what it reads.
struct PreviewMaker: Sendable {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let mirror: GitMirror
    private let surveyor: Surveyor
    private let finder: ConsequenceFinder
    private let foresight: DeployKeyForesight

    /// Projects that are looked at on GitHub because nobody ever did; of more it is said that they were not.
    private static let mostLooks = 20

    init(configuration: ControllerConfiguration, store: Store, client: GitHubClient) {
        self.configuration = configuration
        self.store = store
        // Not the folder that the configuration is read from: each belongs to one service.
        mirror = GitMirror(
            path: configuration.dataDirectory + "/mirrors/admin-pulls.git", remote: configuration.adminRepository)
        surveyor = Surveyor(
            client: client, externalURL: configuration.externalURL, secretKey: configuration.secretKey)
        finder = ConsequenceFinder(store: store, client: client)
        foresight = DeployKeyForesight(
            secretKey: configuration.secretKey, oldSecretKeys: configuration.oldSecretKeys,
            server: configuration.externalURL)
    }

    /// Brings the commits here, if they are not here already.
    ///
    /// - Throws: `GitError`; `notFound` when the remote does not have them (any more).
    func fetch(_ number: Int, head: String, base: String) async throws(GitError) {
        if await mirror.contains(commit: head), await mirror.contains(commit: base) { return }
        try await mirror.fetch(
            refspecs: ["+refs/heads/*:refs/heads/*", "+refs/pull/\(number)/head:refs/pull/\(number)/head"],
            timeout: .seconds(300))
        for commit in [head, base] where await !mirror.contains(commit: commit) {
            throw GitError(.notFound, "the admin repository has no commit \(commit) any more")
        }
    }

    /// - Parameter revision: the newest of the admin branch.
    func preview(_ pull: GitHubPullRequest, onto revision: ConfigRevision) async throws -> Preview {
        var preview = Preview(head: pull.head.sha, base: revision.commit, isFromFork: pull.isFromFork)
        preview.known = Self.known(revision)
        try await fetch(pull.number, head: preview.head, base: preview.base)
        let result: ConfigResult
        do {
            let merge = try await mirror.merge(preview.head, into: preview.base, limit: AdminTree.maximumFiles)
            guard merge.conflicts.isEmpty else {
                let paths = merge.conflicts.prefix(3).map { String(decoding: $0, as: UTF8.self) }
                let more = merge.conflicts.count > 3 ? " and \(merge.conflicts.count - 3) more" : ""
                preview.problem =
                    "It conflicts with \(pull.base.ref) in \(paths.joined(separator: ", "))\(more): merge or rebase it."
                return preview
            }
            let source = try await AdminTree.read(mirror, merge.entries, contents: merge.contents)
            result = ConfigReader.read(source).refusing(secretsBeyond: try configuration.openingKeys())
        } catch let error as AdminTree.TooLarge {
            preview.problem = "It cannot be read: \(error)."
            return preview
        } catch let error as GitError where error.kind == .invalid {
            preview.problem = "It cannot be read: \(error)."
            return preview
        }
        preview.diagnostics = result.diagnostics
        let gate = try await RevisionGate(mirror, store)
        preview.refusal = try await gate.removalRefusal(
            of: result.desired, heads: [preview.head, preview.base], isForStrangers: preview.isFromFork)
        if preview.refusal != nil {
            preview.removalCount = try await gate.removals(result.desired).count
        }
        if gate.asksForSignature {
            let refusal = try await gate.signatureRefusal(of: preview.head)
            preview.signatureNote =
                "Only commits signed by an allowed key are applied. \(preview.head.prefix(12)) "
                + (refusal.map { "is not one of them: \($0)." } ?? "is one of them.")
                + " A merge that GitHub makes is signed by GitHub's key, not by an allowed one: merge it by hand and push."
        }
        try await plan(&preview, result.desired)
        return preview
    }

    private func plan(_ preview: inout Preview, _ desired: DesiredState) async throws {
        guard !desired.hasBrokenSettings else { return }
        let all = try await store.reconcileRecords()
        let records = Dictionary(all.map { ($0.project.repository, $0) }) { first, _ in first }
        let stored = StoredPlan(
            records: all, externalURL: configuration.externalURL, secretKey: configuration.secretKey,
            oldSecretKeys: configuration.oldSecretKeys)
        preview.entries = stored.entries(desired)
        for record in preview.entries.compactMap({ records[$0.repository] }) {
            preview.touched.append(record.project.id)
            preview.observed[record.project.id] = record.observedAt
        }
        if !preview.isFromFork { try await look(&preview, desired, records) }
        preview.consequences = try await finder.find(
            desired, records, touched: preview.entries.map(\.repository),
            asksGitHub: !preview.isFromFork)
    }

    /// Nobody ever looked at some of what new projects, and newly declared parts of others, are compared with. A stranger
    /// cannot make us look, and does not see what we found.
    private func look(
        _ preview: inout Preview, _ desired: DesiredState, _ records: [RepositoryName: ReconcileRecord]
    ) async throws {
        var looks = 0
        for (position, entry) in preview.entries.enumerated() where !entry.missing.isEmpty {
            guard let project = desired.project(entry.repository), looks < Self.mostLooks else { continue }
            looks += 1
            let record = records[entry.repository]
            let memory = record.map(foresight.memory) ?? .empty
            do {
                let survey = try await surveyor.survey(project, isActive: true, memory)
                preview.entries[position].plan = survey.plan
                preview.entries[position].drift = Set(survey.drift)
                preview.entries[position].reported = Set(survey.drift.filter(project.reports))
                preview.entries[position].missing = []
            } catch {
                let problem =
                    (error as? GitHubError).map { ReconcileProblem($0, repository: entry.repository) }
                    ?? (error as? ReconcileProblem)
                guard let problem else { throw error }
                if problem.isStalled {
                    preview.entries[position].plan = nil
                    preview.entries[position].error = problem.reason
                } else {
                    preview.isIncomplete = true
                }
            }
        }
    }

    private static func known(_ revision: ConfigRevision) -> Set<KnownDiagnostic> {
        let diagnostics = try? JSONDecoder().decode([Diagnostic].self, from: Data(revision.diagnosticsJSON.utf8))
        return Set((diagnostics ?? []).map(KnownDiagnostic.init))
    }
}
