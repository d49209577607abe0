extension GitHubClient {
    /// `GET /repos/O/R/invitations`: who was invited and did not answer yet.
    public func invitations(_ repository: String) async throws(GitHubError) -> [GitHubInvitation] {
        try await list(try GitHubRequest.path(repository, "invitations"))
    }

    /// `PATCH /repos/O/R/invitations/ID`.
    ///
    /// - Parameter permission: here in the words of answers: `read`, `triage`, `write`, `maintain` or `admin`.
    public func updateInvitation(
        _ repository: String, _ id: Int64, permission: String
    ) async throws(GitHubError) -> GitHubInvitation {
        let path = try GitHubRequest.path(repository, "invitations", "\(id)")
        return try await value(try GitHubRequest("PATCH", path, body: ["permissions": permission]))
    }

    /// `DELETE /repos/O/R/invitations/ID`. One that is gone already is as good.
    public func deleteInvitation(_ repository: String, _ id: Int64) async throws(GitHubError) {
        try await delete(try GitHubRequest.path(repository, "invitations", "\(id)"))
    }
}
