/// Somebody who was given access to a repository by name.
public struct ObservedCollaborator: Sendable, Hashable, Codable {
    /// The account.
    public var login: String
    /// In the words of requests, or the name of an organization's own role.
    public var level: String
    /// The account's number, which stays when it is called otherwise.
    public var id: Int64?

    /// Memberwise.
    public init(login: String, level: String, id: Int64? = nil) {
        self.login = login
        self.level = level
        self.id = id
    }
}

/// Somebody who was invited and did not answer.
public struct ObservedInvitation: Sendable, Hashable, Codable {
    /// GitHub's number.
    public var id: Int64
    /// The account; `nil` for an e-mail address without one.
    public var login: String?
    /// In the words of requests.
    public var level: String
    /// Whether it is too old to be accepted.
    public var isExpired: Bool

    /// Memberwise.
    public init(id: Int64, login: String?, level: String, isExpired: Bool = false) {
        self.id = id
        self.login = login
        self.level = level
        self.isExpired = isExpired
    }
}

/// A team with access to a repository.
public struct ObservedTeam: Sendable, Hashable, Codable {
    /// The team's name in addresses.
    public var slug: String
    /// In the words of requests, or the name of an organization's own role.
    public var level: String
    /// Whether the token's account has its admin rights by this team; `nil` when it was not asked, because it has them
    /// otherwise or nothing is to be taken from the team.
    public var hasViewer: Bool?

    /// Memberwise.
    public init(slug: String, level: String, hasViewer: Bool? = nil) {
        self.slug = slug
        self.level = level
        self.hasViewer = hasViewer
    }
}
