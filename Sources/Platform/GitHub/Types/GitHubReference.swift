/// A git reference.
public struct GitHubReference: Sendable, Hashable, Decodable {
    /// The full name, such as `refs/heads/main`.
    public var name: String
    /// What it names; for an annotated tag the tag, not its commit.
    public var sha: String
    /// `commit` or `tag`.
    public var type: String

    private enum CodingKeys: String, CodingKey {
        case object
        case name = "ref"
    }
    private enum ObjectKeys: String, CodingKey { case sha, type }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        let object = try container.nestedContainer(keyedBy: ObjectKeys.self, forKey: .object)
        sha = try object.decode(String.self, forKey: .sha)
        type = try object.decode(String.self, forKey: .type)
    }
}
