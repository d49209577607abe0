/// Something that happened in the engine.
public struct DockerEvent: Sendable, Hashable {
    /// What it happened to: `container`, `image`, `volume`, `network`, …
    public var type: String
    /// What happened: `create`, `start`, `die`, `destroy`, …
    public var action: String
    /// The id or name of what it happened to.
    public var id: String
    /// Labels, exit code, image and more, by kind.
    public var attributes: [String: String]
    /// When: nanoseconds since 1970, to resume from.
    public var nanoseconds: Int64
}

extension DockerEvent: Decodable {
    private enum CodingKeys: String, CodingKey {
        case type = "Type"
        case action = "Action"
        case actor = "Actor"
        case nanoseconds = "timeNano"
    }

    private struct Actor: Decodable {
        var id: String?
        var attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case attributes = "Attributes"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decodeIfPresent(String.self, forKey: .type) ?? ""
        action = try container.decodeIfPresent(String.self, forKey: .action) ?? ""
        let actor = try container.decodeIfPresent(Actor.self, forKey: .actor)
        id = actor?.id ?? ""
        attributes = actor?.attributes ?? [:]
        nanoseconds = try container.decodeIfPresent(Int64.self, forKey: .nanoseconds) ?? 0
    }
}
