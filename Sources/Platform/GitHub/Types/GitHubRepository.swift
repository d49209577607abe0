import Foundation

/// A repository.
public struct GitHubRepository: Sendable, Hashable, Decodable {
    /// Stays the same when the repository is renamed or given to somebody else.
    public var id: Int64
    /// `owner/name` as it is now.
    public var fullName: String
    /// The account that it belongs to.
    public var owner: Owner?
    /// Whether only those with access see it.
    public var isPrivate: Bool
    /// The branch that HEAD names.
    public var defaultBranch: String
    /// Whether it can only be read.
    public var isArchived: Bool
    /// Whether it was made from another one.
    public var isFork: Bool
    /// When somebody pushed last, to any branch or tag; whole seconds. Forks' pull requests do not count.
    public var pushedAt: Date?
    /// For git over HTTP.
    public var cloneURL: String?
    /// For git over SSH.
    public var sshURL: String?
    /// For people.
    public var htmlURL: String?
    /// What the token's account may do; `nil` for anonymous requests.
    public var permissions: GitHubPermissions?

    /// A user or an organization.
    public struct Owner: Sendable, Hashable, Decodable {
        /// The account's name.
        public var login: String
        /// `User` or `Organization`.
        public var type: String?

        /// `nil` when the answer does not say.
        public var isOrganization: Bool? { type.map { $0 == "Organization" } }
    }

    private enum CodingKeys: String, CodingKey {
        case id, permissions, owner
        case fullName = "full_name"
        case isPrivate = "private"
        case defaultBranch = "default_branch"
        case isArchived = "archived"
        case isFork = "fork"
        case cloneURL = "clone_url"
        case sshURL = "ssh_url"
        case htmlURL = "html_url"
        case pushedAt = "pushed_at"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        fullName = try container.decode(String.self, forKey: .fullName)
        owner = try container.decodeIfPresent(Owner.self, forKey: .owner)
        isPrivate = try container.decode(Bool.self, forKey: .isPrivate)
        defaultBranch = try container.decode(String.self, forKey: .defaultBranch)
        isArchived = try container.decodeIfPresent(Bool.self, forKey: .isArchived) ?? false
        isFork = try container.decodeIfPresent(Bool.self, forKey: .isFork) ?? false
        cloneURL = try container.decodeIfPresent(String.self, forKey: .cloneURL)
        sshURL = try container.decodeIfPresent(String.self, forKey: .sshURL)
        htmlURL = try container.decodeIfPresent(String.self, forKey: .htmlURL)
        // A hint, for which no answer is thrown away.
        pushedAt = try? container.decodeIfPresent(Date.self, forKey: .pushedAt)
        permissions = try container.decodeIfPresent(GitHubPermissions.self, forKey: .permissions)
    }
}
