/// How to sign in at a remote. Kept in memory only: never written to a configuration, a URL, a log or an error.
public enum GitCredentials: Sendable, Hashable {
    /// Anonymous access.
    case none
    /// A user name and a password or token for `http` and `https`; sent to the remote's own host only.
    case basic(user: String, password: GitSecret)
    /// A private key in OpenSSH's format (Ed25519: the system's libssh2 signs with RSA keys only by SHA-1, which servers
    /// refuse) and the text of a `known_hosts` file, which must name the server.
    case ssh(user: String = "git", privateKey: GitSecret, knownHosts: String)
    /// Credentials that end after a while: asked for before each conversation.
    case renewed(GitCredentialSource)
}

/// Where credentials that end after a while come from. Equal is only what is the same source.
public final class GitCredentialSource: Sendable, Hashable {
    private let make: @Sendable (_ url: String) async throws -> GitCredentials

    /// - Parameter make: given the remote's address; what it throws is the reason why there is no conversation.
    public init(_ make: @escaping @Sendable (_ url: String) async throws -> GitCredentials) { self.make = make }

    func credentials(_ url: String) async throws(GitError) -> GitCredentials {
        do {
            let made = try await make(url)
            guard case .renewed = made else { return made }
            throw GitError(.invalid, "a source of credentials names another source")
        } catch let error as GitError {
            throw error
        } catch is CancellationError {
            throw GitError(.cancelled, "cancelled")
        } catch {
            throw GitError(.authentication, "\(url): \(error)")
        }
    }

    /// The same object.
    public static func == (left: GitCredentialSource, right: GitCredentialSource) -> Bool { left === right }

    /// Of the object.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
