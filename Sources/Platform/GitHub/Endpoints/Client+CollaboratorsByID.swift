extension GitHubClient {
    /// `GET /repositories/ID/collaborators`: everybody with access to the repository of that number, whatever it is
    /// called now, also through teams and the organization.
    public func collaborators(ofRepository id: Int64) async throws(GitHubError) -> [GitHubCollaborator] {
        try await list("/repositories/\(id)/collaborators", query: [("affiliation", Affiliation.all.rawValue)])
    }
}
