import Foundation

/// Where a GitHub App is installed: for one user or organization.
public struct GitHubInstallation: Sendable, Hashable, Decodable {
    /// GitHub's number.
    public var id: Int64
    /// The login of the user or organization.
    public var account: String
    /// What it may do there, such as `contents`: `read`.
    public var permissions: [String: String]
    /// Whether it is for all of the owner's repositories, not only for selected ones.
    public var hasAllRepositories: Bool
    /// Whether the owner has stopped it for now.
    public var isSuspended: Bool
    /// Its settings, for people.
    public var htmlURL: String?

    private enum CodingKeys: String, CodingKey {
        case id, account, permissions
        case selection = "repository_selection"
        case suspendedAt = "suspended_at"
        case htmlURL = "html_url"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        account = try container.decode(GitHubAccount.self, forKey: .account).login
        permissions = try container.decodeIfPresent([String: String].self, forKey: .permissions) ?? [:]
        hasAllRepositories = try container.decodeIfPresent(String.self, forKey: .selection) != "selected"
        isSuspended = try container.decodeIfPresent(String.self, forKey: .suspendedAt) != nil
        htmlURL = try container.decodeIfPresent(String.self, forKey: .htmlURL)
    }
}

/// A GitHub App as GitHub knows it.
public struct GitHubAppFacts: Sendable, Hashable, Decodable {
    /// GitHub's number.
    public var id: Int64
    /// Its name.
    public var name: String
    /// What it asks for of those who install it.
    public var permissions: [String: String]
    /// What its webhook listens to, beyond its installations; `nil` when GitHub does not say.
    public var events: [String]?
    /// Its page, for people.
    public var htmlURL: String?

    private enum CodingKeys: String, CodingKey {
        case id, name, permissions, events
        case htmlURL = "html_url"
    }
}

/// A token of an installation; never printed, because only the client sees it.
struct GitHubInstallationToken: Sendable, Decodable {
    var token: String
    var endsAt: Date

    private enum CodingKeys: String, CodingKey {
        case token
        case endsAt = "expires_at"
    }
}
