/// Why a git operation failed. The message is made for people and holds no secret.
public struct GitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a caller may want to act upon.
    public enum Kind: Sendable, Equatable {
        /// The server does not answer, hangs up, or answers with an error of its own: worth another try.
        case unreachable
        /// The server wants other credentials, or refuses these.
        case authentication
        /// The server's SSH host key or TLS certificate is not a trusted one.
        case hostKey
        /// The repository, or the object in it, does not exist (or may not be seen).
        case notFound
        /// The mirror, or what the remote sent, is damaged.
        case corrupt
        /// The time given was used up.
        case timeout
        /// The task was cancelled.
        case cancelled
        /// An argument, or something in the repository, is not acceptable; trying again will not help.
        case invalid
        /// Anything else: a full disk, missing rights.
        case other
    }

    /// What a caller may want to act upon.
    public let kind: Kind
    /// One line for people.
    public let message: String

    /// Makes an error.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
