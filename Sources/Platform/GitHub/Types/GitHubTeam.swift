/// A team with access to a repository.
public struct GitHubTeam: Sendable, Hashable, Decodable {
    /// GitHub's number.
    public var id: Int64
    /// The team's name in addresses.
    public var slug: String
    /// In the words of requests: `pull`, `triage`, `push`, `maintain`, `admin`, or the name of an organization's own
    /// role.
    public var permission: String

    private enum CodingKeys: String, CodingKey { case id, slug, permission }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        slug = try container.decode(String.self, forKey: .slug)
        permission = GitHubPermissions.level(ofAnswer: try container.decode(String.self, forKey: .permission))
    }
}
