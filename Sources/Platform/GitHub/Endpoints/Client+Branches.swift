extension GitHubClient {
    /// `GET /repos/O/R/branches`.
    public func branches(_ repository: String) async throws(GitHubError) -> [GitHubBranch] {
        try await list(try GitHubRequest.path(repository, "branches"))
    }

    /// `GET /repos/O/R/git/ref/NAME`.
    ///
    /// - Parameter name: without `refs/`, such as `heads/main` or `tags/v1`.
    public func reference(_ repository: String, _ name: String) async throws(GitHubError) -> GitHubReference {
        try await value(GitHubRequest("GET", try GitHubRequest.path(repository, "git", "ref", name)))
    }

    /// `GET /repos/O/R/git/matching-refs/PREFIX`.
    ///
    /// - Parameter prefix: without `refs/`, such as `tags` or `heads/feature`.
    public func references(_ repository: String, prefix: String) async throws(GitHubError) -> [GitHubReference] {
        try await list(try GitHubRequest.path(repository, "git", "matching-refs", prefix))
    }
}
