/// A message for a mail server.
public struct CurlMail: Sendable {
    /// `smtp://host:port`, where STARTTLS is used when the server offers it, or `smtps://host:port`.
    public var url: String
    /// The sender's address.
    public var from: String
    /// The addresses of the recipients.
    public var to: [String]
    /// Headers and body as they are sent; line ends become CRLF.
    public var message: [UInt8]
    /// Who logs in; `nil` for nobody.
    public var user: String?
    /// The password. It is sent over TLS only, unless the server is this machine.
    public var password: String?
    /// Whether a server without TLS is refused, even when there is no password.
    public var requiresTLS: Bool
    /// How long it may take.
    public var timeouts: CurlTimeouts

    /// A message.
    public init(
        url: String, from: String, to: [String], message: [UInt8], user: String? = nil, password: String? = nil,
        requiresTLS: Bool = false, timeouts: CurlTimeouts = CurlTimeouts()
    ) {
        self.url = url
        self.from = from
        self.to = to
        self.message = message
        self.user = user
        self.password = password
        self.requiresTLS = requiresTLS
        self.timeouts = timeouts
    }
}
