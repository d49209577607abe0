extension GitHubClient {
    /// Who is listed.
    public enum Affiliation: String, Sendable {
        /// Those who were given access to this repository.
        case direct
        /// Those of them who are not members of the organization.
        case outside
        /// Everybody with access, also through teams and the organization.
        case all
    }

    /// `GET /repos/O/R/collaborators`. Those who were invited and did not answer are not among them.
    public func collaborators(
        _ repository: String, affiliation: Affiliation = .all
    ) async throws(GitHubError) -> [GitHubCollaborator] {
        try await list(
            try GitHubRequest.path(repository, "collaborators"), query: [("affiliation", affiliation.rawValue)])
    }

    /// `GET /repos/O/R/collaborators/LOGIN/permission`.
    public func access(_ repository: String, login: String) async throws(GitHubError) -> GitHubAccess {
        try await value(
            GitHubRequest("GET", try GitHubRequest.path(repository, "collaborators", login, "permission")))
    }

    /// `PUT /repos/O/R/collaborators/LOGIN`.
    ///
    /// - Parameter permission: `pull`, `triage`, `push`, `maintain` or `admin`.
    /// - Returns: the invitation that was sent; `nil` for somebody who had access already.
    public func setCollaborator(
        _ repository: String, login: String, permission: String
    ) async throws(GitHubError) -> GitHubInvitation? {
        let path = try GitHubRequest.path(repository, "collaborators", login)
        let request = try GitHubRequest("PUT", path, body: ["permission": permission])
        let answer = try await send(request)
        guard answer.status != 204, !answer.body.isEmpty else { return nil }
        return try named(request) { () throws(GitHubError) in try answer.decode() }
    }

    /// `DELETE /repos/O/R/collaborators/LOGIN`. Somebody without access is as good.
    public func removeCollaborator(_ repository: String, login: String) async throws(GitHubError) {
        try await delete(try GitHubRequest.path(repository, "collaborators", login))
    }
}
