/// An image that the engine holds.
public struct DockerImage: Sendable, Hashable {
    /// `sha256:…`: a digest of what the image is, so that the same id is the same image.
    public var id: String
    /// The names it goes by, such as `debian:bookworm`.
    public var tags: [String]
    /// What registries call it, such as `debian@sha256:…`; empty for an image that was never pulled or pushed.
    public var digests: [String]
    /// When it was made; some builders leave it out.
    public var created: DockerTime?
    /// Its labels.
    public var labels: [String: String]
    /// The environment that it gives to a container, each `NAME=value`.
    public var environment: [String]
    /// The user that it runs as; empty for root.
    public var user: String
    /// Bytes of all its layers.
    public var size: Int64
    /// Such as `amd64`.
    public var architecture: String
    /// Such as `linux`.
    public var operatingSystem: String

    /// What the registry calls it that a reference names; `nil` when it never was there under that name.
    public func digest(for reference: String) -> String? {
        guard let repository = (try? DockerImageReference(reference))?.familiarRepository else { return nil }
        return digests.first { (try? DockerImageReference($0))?.familiarRepository == repository }
    }
}

extension DockerImage: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case tags = "RepoTags"
        case digests = "RepoDigests"
        case created = "Created"
        case size = "Size"
        case architecture = "Architecture"
        case operatingSystem = "Os"
        case configuration = "Config"
    }

    private struct Configuration: Decodable {
        var labels: [String: String]?
        var environment: [String]?
        var user: String?

        enum CodingKeys: String, CodingKey {
            case labels = "Labels"
            case environment = "Env"
            case user = "User"
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        tags = try container.decodeIfPresent([String].self, forKey: .tags) ?? []
        digests = try container.decodeIfPresent([String].self, forKey: .digests) ?? []
        created = try container.decodeIfPresent(String.self, forKey: .created).flatMap(DockerTime.init)
        size = try container.decodeIfPresent(Int64.self, forKey: .size) ?? 0
        architecture = try container.decodeIfPresent(String.self, forKey: .architecture) ?? ""
        operatingSystem = try container.decodeIfPresent(String.self, forKey: .operatingSystem) ?? ""
        let configuration = try container.decodeIfPresent(Configuration.self, forKey: .configuration)
        labels = configuration?.labels ?? [:]
        environment = configuration?.environment ?? []
        user = configuration?.user ?? ""
    }
}
