extension GitHubClient {
    /// `GET /repos/O/R/pulls`.
    ///
    /// - Parameter state: `open`, `closed` or `all`.
    public func pulls(_ repository: String, state: String = "open") async throws(GitHubError) -> [GitHubPullRequest] {
        try await list(try GitHubRequest.path(repository, "pulls"), query: [("state", state)])
    }

    /// `GET /repos/O/R/pulls/N`.
    public func pull(_ repository: String, _ number: Int) async throws(GitHubError) -> GitHubPullRequest {
        try await value(GitHubRequest("GET", try GitHubRequest.path(repository, "pulls", "\(number)")))
    }
}
