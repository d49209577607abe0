import OpenSSL

/// One token for everything. Whoever replaces it goes on with the same limits: they are those of the account.
struct TokenIdentity: Identity {
    let tokens: GitHubTokenSource
    let gate: RequestGate
    let name: String

    init(tokens: GitHubTokenSource, options: GitHubOptions) {
        self.tokens = tokens
        name = "token \(Hex.encode(SHA256.hash(Array(tokens.password.utf8)).prefix(8)))"
        gate = RequestGate(options, identity: name)
    }

    func credential(_ owner: String?) async throws(GitHubError) -> Credential {
        Credential(authorization: try tokens.current.authorization(), gate: gate)
    }

    func isReplaced(_ credential: Credential) async -> Bool { tokens.renew(credential.authorization) }

    var secrets: [String] { tokens.secrets }

    func quotas() -> [GitHubQuota] { [gate.quota("token")] }
}
