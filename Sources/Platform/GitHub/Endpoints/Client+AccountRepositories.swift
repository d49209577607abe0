extension GitHubClient {
    /// `GET /orgs/O/repos`, or, when there is no such organization, those of `GET /user/repos` that belong to that user:
    /// the repositories of an account that the token sees.
    public func repositories(of account: String) async throws(GitHubError) -> [GitHubRepository] {
        do {
            return try await list("/orgs/\(PercentEncoding.encode(account))/repos", query: [("type", "all")])
        } catch {
            guard error.kind == .notFound else { throw error }
        }
        let own: [GitHubRepository] = try await list("/user/repos", query: [("affiliation", "owner,collaborator")])
        let theirs = own.filter { $0.owner?.login.lowercased() == account.lowercased() }
        guard !theirs.isEmpty else {
            throw GitHubError(
                kind: .notFound,
                message: "no repository of \(Printable.line(account, limit: 100)) is visible to the token")
        }
        return theirs
    }
}
