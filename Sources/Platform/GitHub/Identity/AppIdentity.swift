import Foundation

/// A GitHub App as itself: it may ask where it is installed, and for tokens of its installations.
struct AppIdentity: Identity {
    let app: GitHubApp
    let gate: RequestGate
    let now: @Sendable () -> Date
    let name: String

    init(app: GitHubApp, options: GitHubOptions) {
        self.app = app
        now = options.now
        name = "app \(app.id) itself"
        gate = RequestGate(options, identity: name)
    }

    func credential(_ owner: String?) async throws(GitHubError) -> Credential {
        // Made for each request: signing takes a millisecond, and there are few of them.
        Credential(authorization: "Bearer \(try app.webToken(now()))", gate: gate)
    }

    func isReplaced(_ credential: Credential) async -> Bool { false }

    var secrets: [String] { [] }

    func quotas() -> [GitHubQuota] { [] }
}
