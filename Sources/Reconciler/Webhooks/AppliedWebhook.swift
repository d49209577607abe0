import Model

/// A webhook that GitHub now has as declared.
public struct AppliedWebhook: Sendable, Hashable, Codable {
    /// The hook that owns it.
    public var hook: HookID
    /// GitHub's number.
    public var githubID: Int64
    /// The hash of the secret that it was given, to be known at the next observation.
    public var secretFingerprint: String
    /// Where GitHub sends deliveries.
    public var url: String

    /// Memberwise.
    public init(hook: HookID, githubID: Int64, secretFingerprint: String, url: String) {
        self.hook = hook
        self.githubID = githubID
        self.secretFingerprint = secretFingerprint
        self.url = url
    }
}
