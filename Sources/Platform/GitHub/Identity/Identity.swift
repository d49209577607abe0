/// What the requests of a client are signed with.
protocol Identity: Sendable {
    /// Tells one from another without saying anything about secrets; answers are kept for one.
    var name: String { get }

    /// What to send with a request.
    ///
    /// - Parameter owner: the account whose repository or organization the request is about; `nil` when that is not
    ///   known, or it is about none.
    /// - Throws: when there is nothing that could be sent.
    func credential(_ owner: String?) async throws(GitHubError) -> Credential

    /// GitHub did not take the credential. Answers whether there may be a better one by now.
    func isReplaced(_ credential: Credential) async -> Bool

    /// What must not be seen in messages.
    var secrets: [String] { get }

    /// What GitHub still lets be asked, for each that has a quota of its own.
    func quotas() -> [GitHubQuota]
}

/// What one request is sent with.
struct Credential: Sendable {
    /// The header's value; `nil` for an anonymous request.
    var authorization: String?
    /// The limits that it counts for.
    var gate: RequestGate
    /// The installation that it belongs to.
    var installation: Int64?
}
