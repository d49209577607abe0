extension GitHubClient {
    /// `GET /repos/O/R/issues/N/comments`, oldest first, all of them. A pull request is an issue here.
    public func comments(_ repository: String, issue: Int) async throws(GitHubError) -> [GitHubComment] {
        try await list(try GitHubRequest.path(repository, "issues", "\(issue)", "comments"))
    }

    /// `POST /repos/O/R/issues/N/comments`.
    ///
    /// Not repeated after a lost answer, since it may have been carried out: look for it with `comments`.
    ///
    /// - Parameter body: at most 65,536 characters, or GitHub refuses it.
    public func createComment(
        _ repository: String, issue: Int, _ body: String
    ) async throws(GitHubError) -> GitHubComment {
        let path = try GitHubRequest.path(repository, "issues", "\(issue)", "comments")
        return try await value(GitHubRequest("POST", path, body: ["body": body]))
    }

    /// `PATCH /repos/O/R/issues/comments/ID`.
    public func updateComment(
        _ repository: String, _ id: Int64, _ body: String
    ) async throws(GitHubError) -> GitHubComment {
        let path = try GitHubRequest.path(repository, "issues", "comments", "\(id)")
        return try await value(GitHubRequest("PATCH", path, body: ["body": body]))
    }
}
