extension GitHubClient {
    /// `GET /repos/O/R`. A renamed repository is found by its old name; its full name is then another one.
    public func repository(_ repository: String) async throws(GitHubError) -> GitHubRepository {
        try await value(GitHubRequest("GET", try GitHubRequest.path(repository)))
    }

    /// `GET /repositories/ID`: a repository whatever its name is now.
    public func repository(id: Int64) async throws(GitHubError) -> GitHubRepository {
        try await value(GitHubRequest("GET", "/repositories/\(id)"))
    }
}
