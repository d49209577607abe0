/// Somebody's wish for fresh deploy keys or webhook secrets.
public struct RotationRequest: Sendable, Hashable, Codable {
    /// What is to be fresh.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case deployKeys = "deploy-keys"
        case webhookSecrets = "webhook-secrets"
    }

    /// Names the wish: one that is read twice is carried out once.
    public var id: String
    /// What is to be fresh.
    public var kind: Kind
    /// The projects; none for all, the admin repository's webhook included.
    public var repositories: [RepositoryName]

    /// Where requests wait for the server: files in its data directory, each a request as JSON, with a name that ends
    /// with `.json`.
    public static func folder(dataDirectory: String) -> String { "\(dataDirectory)/requests" }

    /// Memberwise.
    public init(id: String, kind: Kind, repositories: [RepositoryName] = []) {
        self.id = id
        self.kind = kind
        self.repositories = repositories
    }
}
