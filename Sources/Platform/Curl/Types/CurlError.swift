/// Why there is no response, or no complete one. A response with a status of 400 or above is not an error here.
public struct CurlError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Kind: Sendable, Hashable {
        /// The host's or proxy's name was not found.
        case resolve
        /// Nobody accepted the connection.
        case connect
        /// The TLS handshake failed, or the certificate is not trusted.
        case tls
        /// A limit of `CurlTimeouts` was reached.
        case timeout(Timeout)
        /// The task was cancelled, or the body's reader went away.
        case cancelled
        /// The body is larger than the request allows.
        case bodyTooLarge(limit: Int)
        /// The source of the request's body failed or had another length than it said.
        case upload
        /// The connection broke, or what came was not the protocol that was asked for.
        case transfer
        /// The request cannot be sent as it is: its URL, its method, a header or an address.
        case badURL
        /// The client is closed.
        case closed
    }

    /// The limits of `CurlTimeouts`.
    public enum Timeout: Sendable, Hashable {
        /// No connection in time.
        case connect
        /// No byte in time.
        case idle
        /// Not finished in time.
        case overall
    }

    /// What went wrong.
    public let kind: Kind
    /// The same for people. It never holds the user, the password or the query of a URL.
    public let message: String

    /// The last reply code of a mail server, when that was a refusal: from 400 for "later", from 500 for "never".
    public var reply: Int?

    /// An error, for those who stand in for a client as well.
    public init(_ kind: Kind, _ message: String, reply: Int? = nil) {
        self.kind = kind
        self.message = message
        self.reply = reply
    }

    /// The message.
    public var description: String { message }
}
