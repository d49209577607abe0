import Foundation
import Model

/// A row of `webhook`: a webhook that we made on GitHub.
public struct WebhookRecord: Sendable, Hashable, Codable {
    /// The project.
    public var projectID: Int64
    /// The hook it delivers to; the hook may be gone from the configuration.
    public var hook: HookID
    /// GitHub's number of the webhook.
    public var githubID: Int64
    /// The hash of the secret that GitHub was given.
    public var secretFingerprint: String
    /// The address it delivers to.
    public var url: String
    /// When we last set it; 1970 for one that was found as it should be after the database was lost.
    public var updatedAt: Date
    /// When a delivery from GitHub's webhook of this number had another signature, since it was last set: somebody
    /// changed the secret on GitHub, which GitHub itself never shows.
    public var refusedAt: Date?

    /// Memberwise.
    public init(
        projectID: Int64, hook: HookID, githubID: Int64, secretFingerprint: String, url: String,
        updatedAt: Date = Date(), refusedAt: Date? = nil
    ) {
        self.projectID = projectID
        self.hook = hook
        self.githubID = githubID
        self.secretFingerprint = secretFingerprint
        self.url = url
        self.updatedAt = updatedAt
        self.refusedAt = refusedAt
    }
}
