extension GitHubClient {
    /// `GET /user`: the account that the token belongs to.
    public func user() async throws(GitHubError) -> GitHubAccount {
        try await value(GitHubRequest("GET", "/user"))
    }
}
