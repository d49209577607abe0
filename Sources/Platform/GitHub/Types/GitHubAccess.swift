/// What somebody may do in a repository.
public struct GitHubAccess: Sendable, Hashable, Decodable {
    /// `admin`, `write`, `read` or `none`; coarser than the role.
    public var permission: String
    /// `read`, `triage`, `write`, `maintain`, `admin`, or the name of an organization's own role.
    public var roleName: String?
    /// Whom it is about.
    public var user: GitHubAccount?

    private enum CodingKeys: String, CodingKey {
        case permission, user
        case roleName = "role_name"
    }
}
