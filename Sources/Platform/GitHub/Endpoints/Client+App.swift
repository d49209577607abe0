extension GitHubClient {
    /// `GET /app`: the app that the client is; `nil` for a client with a token.
    public func app() async throws(GitHubError) -> GitHubAppFacts? {
        guard let appClient else { return nil }
        // Not an optional value: that would be nothing where GitHub answers something.
        let facts: GitHubAppFacts = try await appClient.client.value(GitHubRequest("GET", "/app"))
        return facts
    }

    /// `GET /app/hook/config`: the address of the app's own webhook; `nil` for a client with a token, and for an app
    /// that has none.
    public func appHookURL() async throws(GitHubError) -> String? {
        struct Config: Decodable { var url: String? }
        guard let appClient else { return nil }
        do {
            let config: Config = try await appClient.client.value(GitHubRequest("GET", "/app/hook/config"))
            return config.url
        } catch {
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    /// `GET /app/installations`: where the app is installed; empty for a client with a token.
    public func appInstallations() async throws(GitHubError) -> [GitHubInstallation] {
        guard let appClient else { return [] }
        return try await appClient.client.installations()
    }

    /// The same for a client that is the app itself.
    func installations() async throws(GitHubError) -> [GitHubInstallation] { try await list("/app/installations") }

    /// `POST /app/installations/ID/access_tokens`. Repeated after a lost answer: one token more does no harm.
    func makeToken(_ installation: Int64) async throws(GitHubError) -> GitHubInstallationToken {
        try await value(
            GitHubRequest("POST", "/app/installations/\(installation)/access_tokens", isRepeatable: true))
    }

    /// The password for git over HTTPS with a repository, for the user `x-access-token`; `nil` when there is none.
    ///
    /// - Important: a secret. An app's ends within the hour, so ask before each use.
    public func gitPassword(_ repository: String) async throws(GitHubError) -> String? {
        let owner = repository.split(separator: "/").first.map(String.init)
        return try await identity.credential(owner).authorization.map { String($0.dropFirst("Bearer ".count)) }
    }
}
