import Model

/// How the controller sends mail.
public struct MailSettings: Sendable {
    /// `smtp://host:port` (STARTTLS) or `smtps://host:port`, without user and password.
    public var url: String
    /// The sender.
    public var from: MailAddress
    /// Who logs in to the mail server; `nil` for nobody.
    public var user: String?
    /// With this. Never printed.
    public var password: String?
    /// Whether a server that offers no TLS is refused.
    public var requiresTLS: Bool

    /// Memberwise.
    public init(url: String, from: MailAddress, user: String? = nil, password: String? = nil, requiresTLS: Bool = true)
    {
        self.url = url
        self.from = from
        self.user = user
        self.password = password
        self.requiresTLS = requiresTLS
    }
}
