/// A branch with its newest commit.
public struct GitHubBranch: Sendable, Hashable, Decodable {
    /// Without `refs/heads/`; it may hold slashes.
    public var name: String
    /// The commit.
    public var sha: String
    /// Whether rules protect it.
    public var isProtected: Bool

    private enum CodingKeys: String, CodingKey { case name, commit, protected }
    private enum CommitKeys: String, CodingKey { case sha }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        isProtected = try container.decodeIfPresent(Bool.self, forKey: .protected) ?? false
        sha = try container.nestedContainer(keyedBy: CommitKeys.self, forKey: .commit).decode(String.self, forKey: .sha)
    }
}
