extension GitHubClient {
    /// `GET /user`: the account that the token belongs to.
    public func user() async throws(GitHubError) -> GitHubAccount {
        try await value(GitHubRequest("GET", "/user"))
    }

    /// `GET /users/LOGIN`: the account of that name.
    ///
    /// - Parameter owner: in whose name an app asks.
    public func user(_ login: String, for owner: String) async throws(GitHubError) -> GitHubAccount {
        var request = GitHubRequest("GET", "/users/\(PercentEncoding.encode(login))")
        request.owner = owner
        return try await value(request)
    }
}
