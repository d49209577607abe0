extension GitHubClient {
    /// `POST /repos/O/R/statuses/SHA`.
    ///
    /// Not repeated when the answer is lost: GitHub would show the status twice in the list and send two mails. Ask
    /// `statuses` first.
    public func createStatus(_ repository: String, sha: String, _ status: GitHubStatus) async throws(GitHubError) {
        let path = try GitHubRequest.path(repository, "statuses", sha)
        _ = try await send(GitHubRequest("POST", path, body: status))
    }

    /// `GET /repos/O/R/commits/REF/statuses`, newest first, all of them.
    public func statuses(_ repository: String, ref: String) async throws(GitHubError) -> [GitHubStatus] {
        try await list(try GitHubRequest.path(repository, "commits", ref, "statuses"))
    }
}
