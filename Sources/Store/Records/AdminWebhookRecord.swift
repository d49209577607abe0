import Model

/// The webhook that we made for the admin repository.
public struct AdminWebhookRecord: Sendable, Hashable {
    /// The admin repository at that time.
    public var repository: RepositoryName
    /// GitHub's number of the webhook.
    public var githubID: Int64
    /// The hash of the secret that GitHub was given.
    public var secretFingerprint: String

    /// Memberwise.
    public init(repository: RepositoryName, githubID: Int64, secretFingerprint: String) {
        self.repository = repository
        self.githubID = githubID
        self.secretFingerprint = secretFingerprint
    }
}
