extension GitHubClient {
    /// `GET /repositories/ID/collaborators`: everybody with access to the repository of that number, whatever it is
    /// called now, also through teams and the organization.
    ///
    /// - Parameter owner: whose it probably is. An app needs to know, because it has a token for each owner.
    public func collaborators(
        ofRepository id: Int64, owner: String? = nil
    ) async throws(GitHubError) -> [GitHubCollaborator] {
        try await list(
            "/repositories/\(id)/collaborators", query: [("affiliation", Affiliation.all.rawValue)], owner: owner)
    }
}
