import Model

/// What is declared for one repository.
public struct DesiredRepository: Sendable, Hashable, Codable {
    /// The repository, as declared.
    public var repository: RepositoryName
    /// A webhook for each hook.
    public var webhooks: [DesiredWebhook]
    /// Who has the owner role.
    public var owner: String?
    /// Who may do what.
    public var permissions: Permissions
    /// When there is a deploy key, and which.
    public var deployKey: DesiredDeployKey

    /// Memberwise.
    public init(
        repository: RepositoryName, webhooks: [DesiredWebhook] = [], owner: String? = nil,
        permissions: Permissions = Permissions(), deployKey: DesiredDeployKey
    ) {
        self.repository = repository
        self.webhooks = webhooks
        self.owner = owner
        self.permissions = permissions
        self.deployKey = deployKey
    }

    /// What has to be known of a repository to compare it; everything else is not even read.
    public func lists(isPrivate: Bool, isOrganization: Bool?) -> ObservedRepository.Lists {
        var lists: ObservedRepository.Lists = .webhooks
        if deployKey.isWanted(isPrivate: isPrivate) || deployKey.isKnown { lists.insert(.deployKeys) }
        guard hasPermissions else { return lists }
        lists.insert(.people)
        if permissions.authoritative || !permissions.teams.isEmpty, isOrganization != false { lists.insert(.teams) }
        return lists
    }

    /// Whether anything is said about permissions; if not, nobody's are even read.
    var hasPermissions: Bool {
        permissions.authoritative || !permissions.collaborators.isEmpty || !permissions.teams.isEmpty
    }
}
