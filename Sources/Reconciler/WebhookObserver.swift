import GitHub
import Model

/// Reads which webhooks GitHub has.
public struct WebhookObserver: Sendable {
    private let client: GitHubClient

    /// - Parameter client: its token needs admin rights on the repositories.
    public init(client: GitHubClient) { self.client = client }

    /// All webhooks of a repository but GitHub's old services, which are no webhooks.
    ///
    /// - Parameter known: the hashes of the secrets that we gave to webhooks, by GitHub's number.
    public func observe(
        _ repository: RepositoryName, known: [Int64: String]
    ) async throws(GitHubError) -> [ObservedWebhook] {
        try await client.hooks("\(repository)").filter { $0.name == "web" }.map { hook in
            ObservedWebhook(
                id: hook.id, url: hook.url, events: hook.events, active: hook.active, contentType: hook.contentType,
                insecureSSL: hook.insecureSSL,
                // One whose secret somebody removed has none, whatever we gave it.
                secretFingerprint: hook.hasSecret ? known[hook.id] : nil)
        }
    }
}
