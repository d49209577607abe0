/// What GitHub has for one repository, as far as it was asked for.
public struct ObservedRepository: Sendable, Hashable, Codable {
    /// `owner/name` as it is now; another one than declared after a rename.
    public var fullName: String
    /// Whether only those with access see it.
    public var isPrivate: Bool
    /// Whether an organization owns it; `nil` when GitHub does not say.
    public var isOrganization: Bool?
    /// The login of the token's account; `nil` when it was not asked for.
    public var viewer: String?
    /// Whether that account has admin rights, for whatever reason.
    public var isViewerAdmin = false
    /// All webhooks, those of others too.
    public var webhooks: [ObservedWebhook] = []
    /// Everybody who was given access by name.
    public var collaborators: [ObservedCollaborator] = []
    /// Everybody who was invited and did not answer.
    public var invitations: [ObservedInvitation] = []
    /// The teams with access.
    public var teams: [ObservedTeam] = []
    /// All deploy keys, those of others too.
    public var deployKeys: [ObservedDeployKey] = []
    /// Levels that somebody has for other reasons than the access to this repository, by `PermissionOperation.key`:
    /// GitHub accepted a lower one, and still shows this one.
    public var inherited: [String: String] = [:]
    /// Declared logins, lower case, whose accounts are called otherwise now; see `noteRenames`. `nil` for none.
    public var renamed: [String: String]?
    /// Numbers of our webhooks whose latest delivery failed: no part of what is compared or remembered.
    public var failing: Set<Int64> = []
    /// The lists that were read. The others are empty because nothing that was declared needed them.
    public var lists = Lists.all

    /// Lists of what a repository has.
    public struct Lists: OptionSet, Sendable, Hashable, Codable {
        /// A bit for each.
        public let rawValue: Int
        /// A set of bits.
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// `webhooks`
        public static let webhooks = Lists(rawValue: 1)
        /// `deployKeys`
        public static let deployKeys = Lists(rawValue: 2)
        /// `collaborators` and `invitations`
        public static let people = Lists(rawValue: 4)
        /// `teams`
        public static let teams = Lists(rawValue: 8)
        /// All of them.
        public static let all: Lists = [.webhooks, .deployKeys, .people, .teams]
    }

    private enum CodingKeys: String, CodingKey {
        case fullName, isPrivate, isOrganization, viewer, isViewerAdmin, webhooks, collaborators, invitations, teams
        case deployKeys, inherited, renamed, lists
    }

    /// The parts that are always known; the lists are empty.
    public init(fullName: String, isPrivate: Bool, isOrganization: Bool? = nil, viewer: String? = nil) {
        self.fullName = fullName
        self.isPrivate = isPrivate
        self.isOrganization = isOrganization
        self.viewer = viewer
    }

    /// The account that owns it, lower case.
    var ownerKey: String { fullName.prefix { $0 != "/" }.lowercased() }
}
