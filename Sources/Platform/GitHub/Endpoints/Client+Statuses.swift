extension GitHubClient {
    /// `POST /repos/O/R/statuses/SHA`.
    ///
    /// May be repeated: a second status of one context says the same, and only counts against the limit of 1,000.
    public func createStatus(_ repository: String, sha: String, _ status: GitHubStatus) async throws(GitHubError) {
        let path = try GitHubRequest.path(repository, "statuses", sha)
        _ = try await send(GitHubRequest("POST", path, body: status, isRepeatable: true))
    }

    /// `GET /repos/O/R/commits/REF/statuses`, newest first, all of them.
    public func statuses(_ repository: String, ref: String) async throws(GitHubError) -> [GitHubStatus] {
        try await list(try GitHubRequest.path(repository, "commits", ref, "statuses"))
    }
}
