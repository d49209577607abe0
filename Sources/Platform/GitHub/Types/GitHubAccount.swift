/// A user or an organization.
public struct GitHubAccount: Sendable, Hashable, Decodable {
    /// Stays the same when the account is renamed.
    public var id: Int64
    /// The account's name.
    public var login: String
    /// The person's name, where the answer has it.
    public var name: String?
    /// The public e-mail address, where the answer has it.
    public var email: String?
    /// Where the account's picture is: on a host of GitHub's choice, and not checked.
    public var avatarURL: String?

    private enum CodingKeys: String, CodingKey {
        case id, login, name, email
        case avatarURL = "avatar_url"
    }
}
