import Foundation

/// A container in a list.
public struct DockerContainerSummary: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Its names, without the slash that the engine puts in front.
    public var names: [String]
    /// The image as its maker named it.
    public var image: String
    /// The id of its image, `sha256:…`.
    public var imageID: String
    /// Its labels.
    public var labels: [String: String]
    /// When it was made, to the second.
    public var created: Date
    /// The engine's word for how it is doing.
    public var status: DockerContainerState.Status
}

extension DockerContainerSummary: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case names = "Names"
        case image = "Image"
        case imageID = "ImageID"
        case labels = "Labels"
        case created = "Created"
        case status = "State"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        names = (try container.decodeIfPresent([String].self, forKey: .names) ?? [])
            .map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        image = try container.decodeIfPresent(String.self, forKey: .image) ?? ""
        imageID = try container.decodeIfPresent(String.self, forKey: .imageID) ?? ""
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        created = Date(timeIntervalSince1970: Double(try container.decode(Int64.self, forKey: .created)))
        status = DockerContainerState.Status(try container.decode(String.self, forKey: .status))
    }
}
