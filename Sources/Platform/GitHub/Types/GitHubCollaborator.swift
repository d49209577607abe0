/// An account with access to a repository.
public struct GitHubCollaborator: Sendable, Hashable, Decodable {
    /// The account's number.
    public var id: Int64
    /// The account's name.
    public var login: String
    /// What it may do.
    public var permissions: GitHubPermissions?
    /// `read`, `triage`, `write`, `maintain`, `admin`, or the name of an organization's own role.
    public var roleName: String?

    private enum CodingKeys: String, CodingKey {
        case id, login, permissions
        case roleName = "role_name"
    }
}
