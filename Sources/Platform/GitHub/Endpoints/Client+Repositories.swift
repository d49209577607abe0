extension GitHubClient {
    /// `GET /repos/O/R`. A renamed repository is found by its old name; its full name is then another one.
    public func repository(_ repository: String) async throws(GitHubError) -> GitHubRepository {
        try await value(GitHubRequest("GET", try GitHubRequest.path(repository)))
    }

    /// `GET /repositories/ID`: a repository whatever its name is now.
    ///
    /// - Parameter owner: whose it probably is. An app needs to know, because it has a token for each owner.
    public func repository(id: Int64, owner: String? = nil) async throws(GitHubError) -> GitHubRepository {
        var request = GitHubRequest("GET", "/repositories/\(id)")
        request.owner = owner
        return try await value(request)
    }
}
