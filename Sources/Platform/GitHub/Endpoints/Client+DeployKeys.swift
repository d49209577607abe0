extension GitHubClient {
    private struct NewKey: Encodable {
        var title: String
        var key: String
        var isReadOnly: Bool

        private enum CodingKeys: String, CodingKey {
            case title, key
            case isReadOnly = "read_only"
        }
    }

    /// `GET /repos/O/R/keys`.
    public func deployKeys(_ repository: String) async throws(GitHubError) -> [GitHubDeployKey] {
        try await list(try GitHubRequest.path(repository, "keys"))
    }

    /// `POST /repos/O/R/keys`. Not repeated after a lost answer: GitHub would say that the key is in use.
    ///
    /// - Parameter isReadOnly: GitHub's own default is a key that may push.
    public func createDeployKey(
        _ repository: String, title: String, key: String, isReadOnly: Bool = true
    ) async throws(GitHubError) -> GitHubDeployKey {
        let path = try GitHubRequest.path(repository, "keys")
        return try await value(
            try GitHubRequest("POST", path, body: NewKey(title: title, key: key, isReadOnly: isReadOnly)))
    }

    /// `DELETE /repos/O/R/keys/ID`. One that is gone already is as good. Keys cannot be changed, only replaced.
    public func deleteDeployKey(_ repository: String, _ id: Int64) async throws(GitHubError) {
        try await delete(try GitHubRequest.path(repository, "keys", "\(id)"))
    }
}
