extension GitHubClient {
    /// `GET /repos/O/R/teams`: empty for a user's own repository.
    public func teams(_ repository: String) async throws(GitHubError) -> [GitHubTeam] {
        try await list(try GitHubRequest.path(repository, "teams"))
    }

    /// `PUT /orgs/O/teams/SLUG/repos/O/R`.
    ///
    /// - Parameter permission: `pull`, `triage`, `push`, `maintain` or `admin`.
    public func setTeam(_ repository: String, slug: String, permission: String) async throws(GitHubError) {
        let path = try teamPath(repository, slug)
        let answer = try await send(try GitHubRequest("PUT", path, body: ["permission": permission]))
        guard answer.status == 204 else {
            // A proxy's page, for one: nobody knows whether GitHub heard of it.
            throw GitHubError(kind: .decoding, message: "PUT \(path) was answered \(answer.status), not 204")
        }
    }

    /// `DELETE /orgs/O/teams/SLUG/repos/O/R`. A team without access is as good.
    public func removeTeam(_ repository: String, slug: String) async throws(GitHubError) {
        try await delete(try teamPath(repository, slug))
    }

    /// `GET /orgs/O/teams/SLUG/memberships/LOGIN`: whether somebody is in a team, or in one below it; an invitation that
    /// was not accepted does not count.
    public func isMember(
        of slug: String, organization: String, login: String
    ) async throws(GitHubError) -> Bool {
        struct Membership: Decodable { var state: String }
        let parts = [organization, slug, login].map { PercentEncoding.encode($0) }
        do {
            let membership: Membership = try await value(
                GitHubRequest("GET", "/orgs/\(parts[0])/teams/\(parts[1])/memberships/\(parts[2])"))
            return membership.state == "active"
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }

    /// The organization is the repository's owner.
    private func teamPath(_ repository: String, _ slug: String) throws(GitHubError) -> String {
        let path = try GitHubRequest.path(repository)
        guard let owner = repository.split(separator: "/").first, !slug.isEmpty, slug != ".", slug != ".." else {
            throw GitHubError(
                kind: .invalidRequest, message: "not a team: \(Printable.line(slug, limit: 100))")
        }
        return "/orgs/\(PercentEncoding.encode(String(owner)))/teams/\(PercentEncoding.encode(slug))\(path)"
    }
}
