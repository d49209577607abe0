/// A repository's webhook as it is wanted.
public struct GitHubHookSpec: Sendable, Hashable {
    /// Where GitHub sends deliveries.
    public var url: String
    /// The events, sorted.
    public var events: [String]
    /// Whether GitHub sends anything.
    public var active: Bool
    /// What GitHub signs with.
    public var secret: GitHubSecret
    /// `json` or `form`; without a word GitHub takes `form`.
    public var contentType: String
    /// `"0"`: the certificate of the address is verified.
    public var insecureSSL: String

    /// Memberwise; the events are sorted.
    public init(
        url: String, events: [String], active: Bool = true, secret: GitHubSecret, contentType: String = "json",
        insecureSSL: String = "0"
    ) {
        self.url = url
        self.events = events.sorted()
        self.active = active
        self.secret = secret
        self.contentType = contentType
        self.insecureSSL = insecureSSL
    }

    /// The body of a request. The configuration is always whole: GitHub replaces the old one by it, so that one
    /// without the secret would remove the secret.
    struct Body: Encodable {
        struct Config: Encodable {
            var url: String
            var secret: String
            var contentType: String
            var insecureSSL: String

            private enum CodingKeys: String, CodingKey {
                case url, secret
                case contentType = "content_type"
                case insecureSSL = "insecure_ssl"
            }
        }

        /// `web` when a webhook is made; it cannot be changed.
        var name: String?
        var active: Bool
        var events: [String]
        var config: Config
    }

    func body(name: String?) -> Body {
        Body(
            name: name, active: active, events: events,
            config: Body.Config(url: url, secret: secret.value, contentType: contentType, insecureSSL: insecureSSL))
    }
}
