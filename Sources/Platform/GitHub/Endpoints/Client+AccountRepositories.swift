extension GitHubClient {
    /// `GET /orgs/O/repos`, or, when there is no such organization, those of `GET /user/repos` that belong to that user:
    /// the repositories of an account that the token sees.
    ///
    /// An app sees those of `GET /installation/repositories`: what its installation for the account was given.
    public func repositories(of account: String) async throws(GitHubError) -> [GitHubRepository] {
        if isApp { return try await installationRepositories(of: account) }
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

    /// Whether the client is an app, which has permissions in place of a user's rights.
    public var isApp: Bool { appClient != nil }

    private func installationRepositories(of account: String) async throws(GitHubError) -> [GitHubRepository] {
        struct Page: Decodable { var repositories: [GitHubRepository] }
        var found: [GitHubRepository] = []
        for number in 1...Self.mostPages {
            var request = GitHubRequest(
                "GET", "/installation/repositories", query: [("per_page", "100"), ("page", "\(number)")])
            request.owner = account
            let page: Page = try await value(request)
            found += page.repositories
            if page.repositories.count < 100 { return found }
        }
        throw GitHubError(kind: .tooLarge, message: "the list has more than \(Self.mostPages) pages")
    }

    /// A hundred repositories each.
    private static let mostPages = 100
}
