extension GitHubClient {
    /// `GET /repos/O/R/hooks`: all webhooks of a repository, those of others and old services too.
    public func hooks(_ repository: String) async throws(GitHubError) -> [GitHubHook] {
        try await list(try GitHubRequest.path(repository, "hooks"))
    }

    /// `GET /orgs/O/hooks`: all webhooks of an organization. Not found without the scope `admin:org_hook`, for others
    /// than its owners, and for users.
    public func organizationHooks(_ organization: String) async throws(GitHubError) -> [GitHubHook] {
        try await list("/orgs/\(PercentEncoding.encode(organization))/hooks")
    }

    /// `GET /repos/O/R/hooks/ID`.
    public func hook(_ repository: String, _ id: Int64) async throws(GitHubError) -> GitHubHook {
        try await value(GitHubRequest("GET", try GitHubRequest.path(repository, "hooks", "\(id)")))
    }

    /// `POST /repos/O/R/hooks`.
    ///
    /// Not repeated after a lost answer, since it may have been carried out: see `GitHubError.leavesOutcomeOpen`.
    public func createHook(_ repository: String, _ spec: GitHubHookSpec) async throws(GitHubError) -> GitHubHook {
        try await value(
            GitHubRequest("POST", try GitHubRequest.path(repository, "hooks"), body: spec.body(name: "web")))
    }

    /// `PATCH /repos/O/R/hooks/ID`: replaces events and configuration, so it may be repeated.
    public func updateHook(
        _ repository: String, _ id: Int64, _ spec: GitHubHookSpec
    ) async throws(GitHubError) -> GitHubHook {
        try await value(
            GitHubRequest("PATCH", try GitHubRequest.path(repository, "hooks", "\(id)"), body: spec.body(name: nil)))
    }

    /// `DELETE /repos/O/R/hooks/ID`. One that is gone already is as good.
    public func deleteHook(_ repository: String, _ id: Int64) async throws(GitHubError) {
        try await delete(try GitHubRequest.path(repository, "hooks", "\(id)"))
    }

    /// `POST /repos/O/R/hooks/ID/pings`: GitHub sends a `ping`.
    public func pingHook(_ repository: String, _ id: Int64) async throws(GitHubError) {
        _ = try await send(GitHubRequest("POST", try GitHubRequest.path(repository, "hooks", "\(id)", "pings")))
    }

    /// Deletes something; that it is gone already is as good.
    ///
    /// GitHub answers 404 to those who may not delete it, too, so what it still shows is not gone.
    func delete(_ path: String) async throws(GitHubError) {
        do throws(GitHubError) {
            let answer = try await send(GitHubRequest("DELETE", path))
            guard answer.status == 204 else {
                // A proxy's page, for one: nobody knows whether GitHub heard of it.
                throw GitHubError(
                    kind: .decoding, message: "DELETE \(path) was answered \(answer.status), not 204")
            }
        } catch {
            guard error.kind == .notFound else { throw error }
            let refusal = error
            do {
                _ = try await send(GitHubRequest("GET", path))
            } catch {
                if error.kind == .notFound { return }
                throw error
            }
            throw refusal
        }
    }
}
