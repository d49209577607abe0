/// A comment on an issue or a pull request.
public struct GitHubComment: Sendable, Hashable, Decodable {
    /// GitHub's number for all of GitHub.
    public var id: Int64
    /// The text; `nil` when GitHub does not tell it.
    public var body: String?
    /// Its author; `nil` when the account is gone.
    public var user: Author?
    /// For people.
    public var htmlURL: String?

    /// Who wrote it.
    public struct Author: Sendable, Hashable, Decodable {
        /// The account's name.
        public var login: String
        /// `User` or `Bot`.
        public var type: String?
    }

    private enum CodingKeys: String, CodingKey {
        case id, body, user
        case htmlURL = "html_url"
    }
}
