/// One token for everything.
struct TokenIdentity: Identity {
    let token: GitHubToken
    let gate: RequestGate

    func credential(_ owner: String?) async throws(GitHubError) -> Credential {
        Credential(authorization: try token.authorization(), gate: gate)
    }

    func isReplaced(_ credential: Credential) async -> Bool { false }

    var secrets: [String] { [token.value] }

    func quotas() -> [GitHubQuota] { [gate.quota("token")] }
}
