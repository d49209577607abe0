/// How to sign in at a remote. Kept in memory only: never written to a configuration, a URL, a log or an error.
public enum GitCredentials: Sendable, Hashable {
    /// Anonymous access.
    case none
    /// A user name and a password or token for `http` and `https`; sent to the remote's own host only.
    case basic(user: String, password: GitSecret)
    /// A private key in OpenSSH's format (Ed25519: the system's libssh2 signs with RSA keys only by SHA-1, which servers
    /// refuse) and the text of a `known_hosts` file, which must name the server.
    case ssh(user: String = "git", privateKey: GitSecret, knownHosts: String)
}
