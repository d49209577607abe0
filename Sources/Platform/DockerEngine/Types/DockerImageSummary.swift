import Foundation

/// An image in a list.
public struct DockerImageSummary: Sendable, Hashable {
    /// `sha256:…`.
    public var id: String
    /// The names it goes by; empty for an image that lost its names.
    public var tags: [String]
    /// What registries call it.
    public var digests: [String]
    /// When it was made, to the second.
    public var created: Date
    /// Its labels.
    public var labels: [String: String]
    /// Bytes of all its layers.
    public var size: Int64
}

extension DockerImageSummary: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case created = "Created"
        case labels = "Labels"
        case size = "Size"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        // Old engines write a nameless image's name in this way.
        tags = (try container.decodeIfPresent([String].self, forKey: .tags) ?? []).filter { $0 != "<none>:<none>" }
        digests = (try container.decodeIfPresent([String].self, forKey: .digests) ?? [])
            .filter { $0 != "<none>@<none>" }
        created = Date(timeIntervalSince1970: Double(try container.decode(Int64.self, forKey: .created)))
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        size = try container.decodeIfPresent(Int64.self, forKey: .size) ?? 0
    }
}
