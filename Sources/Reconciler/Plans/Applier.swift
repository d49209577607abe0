import GitHub
import Model

/// Carries operations out, one at a time.
///
/// Each may be applied again after a crash or a lost answer: what was done already is found and not done twice.
public struct Applier: Sendable {
    /// What is to be remembered of an operation.
    public enum Result: Sendable, Hashable {
        /// A webhook as it is now.
        case webhook(AppliedWebhook)
        /// A deploy key as it is now.
        case deployKey(AppliedDeployKey)
        /// An access that GitHub shows although a lower one was set; see `ObservedRepository.inherited`.
        case inherited(key: String, level: String)
        /// Somebody has an invitation of that number, which may or may not be accepted.
        case invited(id: Int64)
        /// Nothing.
        case done
    }

    private let webhooks: WebhookApplier
    private let deployKeys: DeployKeyApplier
    private let permissions: PermissionApplier

    /// - Parameters:
    ///   - client: its token needs admin rights on the repositories.
    ///   - secret: what GitHub shall sign a hook's deliveries with.
    ///   - newDeployKey: makes a key and stores its private half.
    public init(
        client: GitHubClient, secret: @escaping @Sendable (HookID) -> String,
        newDeployKey: @escaping @Sendable () async throws -> DeployKeyIdentity
    ) {
        webhooks = WebhookApplier(client: client, secret: secret)
        deployKeys = DeployKeyApplier(client: client, make: newDeployKey)
        permissions = PermissionApplier(client: client)
    }

    /// - Parameter repository: its name as it is now.
    /// - Throws: `GitHubError`, or what `newDeployKey` throws.
    public func apply(_ operation: Operation, _ repository: RepositoryName) async throws -> Result {
        switch operation {
        case .webhook(let operation):
            return try await webhooks.apply(operation, repository).map { .webhook($0) } ?? .done
        case .deployKey(let operation):
            return try await deployKeys.apply(operation, "\(repository)").map { .deployKey($0) } ?? .done
        case .permission(let operation):
            return try await permissions.apply(operation, "\(repository)")
        }
    }
}
