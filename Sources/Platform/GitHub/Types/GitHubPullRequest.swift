import Foundation

/// A pull request, as lists show it.
public struct GitHubPullRequest: Sendable, Hashable, Decodable {
    /// GitHub's number for all of GitHub.
    public var id: Int64
    /// The number in its repository.
    public var number: Int
    /// `open` or `closed`.
    public var state: String
    /// The title.
    public var title: String
    /// The text, if there is one.
    public var body: String?
    /// Whether its author is not done yet.
    public var isDraft: Bool
    /// Its author; `nil` when the account is gone.
    public var user: GitHubAccount?
    /// When it was last changed, a push to its branch included.
    public var updatedAt: Date?
    /// When it was merged, if it was.
    public var mergedAt: Date?
    /// What is to be merged.
    public var head: Side
    /// Where it goes.
    public var base: Side

    /// A branch with its commit.
    public struct Side: Sendable, Hashable, Decodable {
        /// The branch's short name.
        public var ref: String
        /// The commit.
        public var sha: String
        /// The repository; `nil` when a fork was deleted.
        public var repository: Repository?

        private enum CodingKeys: String, CodingKey {
            case ref, sha
            case repository = "repo"
        }
    }

    /// As much of a repository as tells forks apart.
    public struct Repository: Sendable, Hashable, Decodable {
        /// Stays the same when the repository is renamed.
        public var id: Int64
        /// `owner/name`.
        public var fullName: String

        private enum CodingKeys: String, CodingKey {
            case id
            case fullName = "full_name"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case id, number, state, title, body, draft, user, head, base
        case updatedAt = "updated_at"
        case mergedAt = "merged_at"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        number = try container.decode(Int.self, forKey: .number)
        state = try container.decode(String.self, forKey: .state)
        title = try container.decode(String.self, forKey: .title)
        body = try container.decodeIfPresent(String.self, forKey: .body)
        isDraft = try container.decodeIfPresent(Bool.self, forKey: .draft) ?? false
        user = try container.decodeIfPresent(GitHubAccount.self, forKey: .user)
        updatedAt = try container.decodeIfPresent(Date.self, forKey: .updatedAt)
        mergedAt = try container.decodeIfPresent(Date.self, forKey: .mergedAt)
        head = try container.decode(Side.self, forKey: .head)
        base = try container.decode(Side.self, forKey: .base)
    }

    /// Whether it comes from another repository, or from one that is gone: nobody there is trusted.
    public var isFromFork: Bool { head.repository?.id != base.repository?.id || head.repository == nil }
}
