import Foundation
import Synchronization

/// A GitHub App in the repositories that it is installed for: each owner's requests carry a token of that owner's
/// installation, which is made anew before it ends.
final class InstallationIdentity: Identity {
    let name: String
    private struct Token {
        var value: GitHubToken
        var endsAt: Date
    }

    private struct State {
        /// By the owner's login in lower case.
        var installations: [String: GitHubInstallation] = [:]
        var readAt: Date?
        var tokens: [Int64: Token] = [:]
        var gates: [Int64: RequestGate] = [:]
    }

    private let client: GitHubClient
    private let options: GitHubOptions
    private let state = Mutex(State())
    /// One at a time asks GitHub; those behind it then find the answer.
    private let turn = Turn()

    /// How long before its end a token is replaced: a request may wait for its turn, and clocks differ.
    private static let margin: TimeInterval = 300
    /// Somebody may install the app at any time; an owner who is not known is looked for again after this.
    private static let pause: TimeInterval = 60
    /// The list is read again after this: an installation may be suspended, or get more permissions.
    private static let age: TimeInterval = 3600

    /// - Parameter client: one that is the app itself.
    init(client: GitHubClient, app: GitHubApp) {
        self.client = client
        name = "app \(app.id)"
        options = client.options
    }

    func credential(_ owner: String?) async throws(GitHubError) -> Credential {
        guard let owner else {
            throw GitHubError(
                kind: .forbidden, message: "an app has no account of its own to ask this as", wasNeverSent: true)
        }
        let installation = try await installation(of: owner)
        let gate = state.withLock { state in
            let gate =
                state.gates[installation.id]
                ?? RequestGate(options, identity: "\(name), installation \(installation.id)")
            state.gates[installation.id] = gate
            return gate
        }
        return Credential(
            authorization: try await token(of: installation).authorization(), gate: gate,
            installation: installation.id)
    }

    func isReplaced(_ credential: Credential) async -> Bool {
        guard let id = credential.installation else { return false }
        return state.withLock { state in
            // Somebody else may have replaced it already.
            if (try? state.tokens[id]?.value.authorization()) == credential.authorization { state.tokens[id] = nil }
            return true
        }
    }

    var secrets: [String] { state.withLock { $0.tokens.values.map(\.value.value) } }

    func quotas() -> [GitHubQuota] {
        let gates = state.withLock { state in state.gates.sorted { $0.key < $1.key } }
        return gates.map { $0.value.quota("installation \($0.key)") }
    }

    private func installation(of owner: String) async throws(GitHubError) -> GitHubInstallation {
        let key = owner.lowercased()
        if let found = known(key) { return found }
        try await turn.take { () throws(GitHubError) in
            if known(key) != nil { return }
            let now = options.now()
            let isFresh = state.withLock { state in
                state.readAt.map { now.timeIntervalSince($0) < Self.pause } ?? false
            }
            guard !isFresh else { return }
            let list = try await client.installations()
            state.withLock { state in
                state.installations = Dictionary(list.map { ($0.account.lowercased(), $0) }) { first, _ in first }
                state.readAt = now
            }
        }
        guard let found = state.withLock({ $0.installations[key] }) else {
            throw GitHubError(
                kind: .notInstalled,
                message: "the app is not installed for \(Printable.line(owner, limit: 100))", wasNeverSent: true)
        }
        guard !found.isSuspended else {
            throw GitHubError(
                kind: .notInstalled,
                message: "the app's installation for \(Printable.line(owner, limit: 100)) is suspended",
                wasNeverSent: true)
        }
        return found
    }

    /// What is known and not too old to be believed.
    private func known(_ key: String) -> GitHubInstallation? {
        let now = options.now()
        return state.withLock { state in
            guard let read = state.readAt, now.timeIntervalSince(read) < Self.age,
                let found = state.installations[key], !found.isSuspended
            else { return nil }
            return found
        }
    }

    private func token(of installation: GitHubInstallation) async throws(GitHubError) -> GitHubToken {
        if let token = usable(installation.id) { return token }
        try await turn.take { () throws(GitHubError) in
            if usable(installation.id) != nil { return }
            let made: GitHubInstallationToken
            do throws(GitHubError) {
                made = try await client.makeToken(installation.id)
            } catch {
                // Removed or suspended since the list was read.
                if error.kind == .notFound || error.kind == .forbidden { state.withLock { $0.readAt = nil } }
                throw error
            }
            state.withLock { $0.tokens[installation.id] = Token(value: GitHubToken(made.token), endsAt: made.endsAt) }
        }
        guard let token = state.withLock({ $0.tokens[installation.id]?.value }) else {
            throw GitHubError(kind: .unauthorized, message: "the installation's token was revoked", wasNeverSent: true)
        }
        return token
    }

    private func usable(_ id: Int64) -> GitHubToken? {
        let now = options.now()
        return state.withLock { state in
            state.tokens[id].flatMap { $0.endsAt.timeIntervalSince(now) > Self.margin ? $0.value : nil }
        }
    }
}
