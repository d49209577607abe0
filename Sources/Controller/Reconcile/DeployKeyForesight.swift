import Model
import Reconciler
import Store

/// Foresees what a project's deploy keys are once a replacement that is due, or under way, is done: for plans, which
/// show all of it at once. A pass does it in two steps, with a trial in between. Pure.
struct DeployKeyForesight: Sendable {
    /// The server's, from which the next keys are made.
    var secretKey: SecretKey
    /// Former ones, with which stored keys are still opened.
    var oldSecretKeys: [SecretKey]
    /// The server's address.
    var server: String

    /// What is known of a project, with the keys as they will be.
    func memory(_ record: ReconcileRecord) -> ProjectMemory {
        let known = Dictionary(
            record.deployKeys.map { key in
                let access = DeployKeyVault.access(key, secretKey: secretKey, oldSecretKeys: oldSecretKeys)
                return (key.publicKey, access)
            }
        ) { first, _ in first }
        var memory = ProjectMemory(record) { known[$0.publicKey] ?? .none }
        guard record.project.isActive, let current = record.deployKey, let access = known[current.publicKey],
            access != .none
        else { return memory }
        let isEnough = current.generation >= record.generations.deployKey && access == .own
        if memory.deployKeys.kept == nil, !isEnough, let repositoryID = record.project.githubID {
            let generation = DeployKeyMemory.fresh(record)
            memory.deployKeys.generation = generation
            memory.deployKeys.held = DeployKeyVault.identity(
                secretKey, repositoryID: repositoryID, server: server, generation: generation)
        }
        let held = memory.deployKeys.held
        memory.deployKeys.kept = nil
        memory.deployKeys.former = record.deployKeys.map(\.identity).filter { $0 != held }
        return memory
    }
}
