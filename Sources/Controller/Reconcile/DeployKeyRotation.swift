import Foundation
import Git
import GitHub
import Model
import Reconciler
import Store

/// Replaces a project's deploy key without a moment in which git cannot read: the next key is stored, given to GitHub
/// and tried, then takes the place of the current one, which is deleted last. Both are stored until then, so whatever
/// ends the process is taken up by the next pass.
struct DeployKeyRotation: Sendable {
    var store: Store
    var vault: DeployKeyVault
    /// Reads with a key, to see whether GitHub lets it.
    var trial: @Sendable (GitRemote) async throws -> Void = Self.listing
    /// The text of `known_hosts`.
    var knownHosts: @Sendable () -> String = DeployKeyRemote.accountsKnownHosts

    /// Sorts the stored keys out before GitHub is compared: one that nobody can open any more is a former one, and one
    /// that is to be replaced gets a successor.
    ///
    /// - Returns: what is remembered now.
    func prepare(_ record: ReconcileRecord) async throws -> ReconcileRecord {
        let project = record.project
        guard project.isActive, !record.deployKeys.isEmpty else { return record }
        for key in record.deployKeys where key.role != .former && !isUsable(key) {
            try await store.setDeployKeyRole(project.id, key.publicKey, .former)
        }
        guard let current = record.deployKey, isUsable(current), let repositoryID = project.githubID else {
            return try await store.reconcileRecord(project.id) ?? record
        }
        let isEnough = current.generation >= record.generations.deployKey && vault.access(current) == .own
        let hasNext = record.deployKeys.contains { $0.role == .next && isUsable($0) }
        if !isEnough, !hasNext {
            _ = try await vault.make(
                project.id, repositoryID: repositoryID, generation: DeployKeyMemory.fresh(record), role: .next)
        }
        return try await store.reconcileRecord(project.id) ?? record
    }

    /// A next key of another secret key was made before that was replaced, and is not worth keeping.
    private func isUsable(_ key: DeployKeyRecord) -> Bool {
        let access = vault.access(key)
        return key.role == .next ? access == .own : access != .none
    }

    /// Tries the next key, if GitHub has it, and lets it take the place of the current one.
    ///
    /// - Returns: whether it did: then a former key is left to be deleted.
    /// - Throws: `ReconcileProblem` when git cannot read with it; the current key stays.
    func finish(_ projectID: Int64, sshURL: String?) async throws -> Bool {
        guard let record = try await store.reconcileRecord(projectID),
            let next = record.deployKeys.first(where: { $0.role == .next }), next.githubID != nil
        else { return false }
        do {
            guard let sshURL else { throw GitError(.invalid, "GitHub tells no address for git over SSH") }
            let privateKey = try vault.privateKey(next)
            try await trial(
                GitRemote(url: sshURL, credentials: .ssh(privateKey: privateKey, knownHosts: knownHosts())))
        } catch let error as CancellationError {
            throw error
        } catch {
            let kind = (error as? GitError)?.kind
            throw ReconcileProblem(
                reason: "GitHub has the new deploy key \(next.fingerprint), but git cannot read with it: \(error). "
                    + "The old one stays until it can.", isStalled: kind == .hostKey)
        }
        try await store.setDeployKeyRole(projectID, next.publicKey, .current)
        return true
    }

    /// Asks the server for its refs: that takes the key, and leaves nothing behind.
    private static func listing(_ remote: GitRemote) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-key-\(UUID().uuidString)")
        _ = try await GitMirror(path: folder.path, remote: remote).remoteReferences(timeout: .seconds(30))
    }
}
