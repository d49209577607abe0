/// A volume.
public struct DockerVolume: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its labels.
    public var labels: [String: String]
    /// When it was made.
    public var created: DockerTime?
    /// Where it lies on the engine's machine.
    public var mountpoint: String
}

extension DockerVolume: Decodable {
    private enum CodingKeys: String, CodingKey {
        case name = "Name"
        case labels = "Labels"
        case created = "CreatedAt"
        case mountpoint = "Mountpoint"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        created = try container.decodeIfPresent(String.self, forKey: .created).flatMap(DockerTime.init)
        mountpoint = try container.decodeIfPresent(String.self, forKey: .mountpoint) ?? ""
    }
}
