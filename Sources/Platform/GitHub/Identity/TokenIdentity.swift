import OpenSSL

/// One token for everything.
struct TokenIdentity: Identity {
    let token: GitHubToken
    let gate: RequestGate
    let name: String

    init(token: GitHubToken, options: GitHubOptions) {
        self.token = token
        name = "token \(Hex.encode(SHA256.hash(Array(token.value.utf8)).prefix(8)))"
        gate = RequestGate(options, identity: name)
    }

    func credential(_ owner: String?) async throws(GitHubError) -> Credential {
        Credential(authorization: try token.authorization(), gate: gate)
    }

    func isReplaced(_ credential: Credential) async -> Bool { false }

    var secrets: [String] { [token.value] }

    func quotas() -> [GitHubQuota] { [gate.quota("token")] }
}
