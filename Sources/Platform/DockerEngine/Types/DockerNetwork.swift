/// A network.
public struct DockerNetwork: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Its name; the engine allows the same one twice.
    public var name: String
    /// Its labels.
    public var labels: [String: String]
    /// When it was made.
    public var created: DockerTime?
    /// Such as `bridge`.
    public var driver: String
    /// The addresses of its containers, such as `172.18.0.0/16`.
    public var subnets: [String]
}

extension DockerNetwork: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case labels = "Labels"
        case created = "Created"
        case driver = "Driver"
        case addresses = "IPAM"
    }

    private struct Addresses: Decodable {
        var ranges: [Range]?

        enum CodingKeys: String, CodingKey { case ranges = "Config" }

        struct Range: Decodable {
            var subnet: String?
            enum CodingKeys: String, CodingKey { case subnet = "Subnet" }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        created = try container.decodeIfPresent(String.self, forKey: .created).flatMap(DockerTime.init)
        driver = try container.decodeIfPresent(String.self, forKey: .driver) ?? ""
        let addresses = try container.decodeIfPresent(Addresses.self, forKey: .addresses)
        subnets = (addresses?.ranges ?? []).compactMap(\.subnet)
    }
}
