/// A repository's webhook as GitHub has it.
public struct GitHubHook: Sendable, Hashable, Decodable {
    /// GitHub's number, larger than 32 bits.
    public var id: Int64
    /// `web`; anything else is one of the services that GitHub had before 2019.
    public var name: String
    /// Whether GitHub sends anything.
    public var active: Bool
    /// In GitHub's order.
    public var events: [String]
    /// Where GitHub sends deliveries; empty for old services.
    public var url: String
    /// `json` or `form`.
    public var contentType: String
    /// `"0"`: the certificate of the address is verified.
    public var insecureSSL: String
    /// Whether deliveries are signed. The secret itself is never given back.
    public var hasSecret: Bool
    /// What became of the latest delivery.
    public var lastResponse: LastResponse?

    /// What became of the latest delivery.
    public struct LastResponse: Sendable, Hashable, Codable {
        /// The status of the answer; `nil` when there was none.
        public var code: Int?
        /// Such as `unused`, `active`.
        public var status: String?
        /// GitHub's words.
        public var message: String?

        /// Whether the latest delivery did not arrive, or was refused.
        public var isFailure: Bool {
            if let code, code != 0 { return !(200..<300).contains(code) }
            return ![nil, "unused", "active", "pending"].contains(status)
        }
    }

    private struct Config: Decodable {
        var url: String?
        var contentType: String?
        var insecureSSL: String?
        var secret: String?

        private enum CodingKeys: String, CodingKey {
            case url, secret
            case contentType = "content_type"
            case insecureSSL = "insecure_ssl"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            url = try container.decodeIfPresent(String.self, forKey: .url)
            contentType = try container.decodeIfPresent(String.self, forKey: .contentType)
            secret = try container.decodeIfPresent(String.self, forKey: .secret)
            // Documented as "string or number".
            let text = try? container.decodeIfPresent(String.self, forKey: .insecureSSL)
            insecureSSL = try text ?? container.decodeIfPresent(Int.self, forKey: .insecureSSL).map(String.init)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, active, events, config
        case lastResponse = "last_response"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        active = try container.decode(Bool.self, forKey: .active)
        events = try container.decode([String].self, forKey: .events)
        lastResponse = try container.decodeIfPresent(LastResponse.self, forKey: .lastResponse)
        let config = try container.decode(Config.self, forKey: .config)
        url = config.url ?? ""
        contentType = config.contentType ?? "form"
        insecureSSL = config.insecureSSL ?? "0"
        hasSecret = !(config.secret ?? "").isEmpty
    }
}
