/// An invitation to a repository that waits for its answer.
public struct GitHubInvitation: Sendable, Hashable, Decodable {
    /// GitHub's number.
    public var id: Int64
    /// The account that is invited; `nil` for an e-mail address without one.
    public var invitee: GitHubAccount?
    /// In the words of answers: `read`, `triage`, `write`, `maintain`, `admin`.
    public var permissions: String
    /// Whether it is too old to be accepted.
    public var isExpired: Bool

    private enum CodingKeys: String, CodingKey {
        case id, invitee, permissions
        case isExpired = "expired"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        invitee = try container.decodeIfPresent(GitHubAccount.self, forKey: .invitee)
        permissions = try container.decode(String.self, forKey: .permissions)
        isExpired = try container.decodeIfPresent(Bool.self, forKey: .isExpired) ?? false
    }
}
