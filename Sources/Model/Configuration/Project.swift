/// One GitHub repository that Kozmic watches, as the admin repository declares it, defaults applied.
public struct Project: Sendable, Hashable, Codable {
    /// The repository on GitHub.
    public var repository: RepositoryName
    /// The login of the person who has the owner role.
    public var owner: String?
    /// Who may do what on GitHub.
    public var permissions = Permissions()
    /// When a deploy key is made.
    public var deployKey = DeployKeyMode.auto
    /// The hooks, sorted by identifier.
    public var hooks: [Hook]
    /// What the project says for its hooks, each of which holds its own settings. What is about no hook (differences in
    /// permissions, for one) goes by these.
    public var settings = HookSettings()
    /// Who is mailed about which outcomes.
    public var mail = MailRules()
    /// The file that declares it, relative to the admin repository.
    public var file: String = ""

    /// Memberwise, for the parts without a default.
    public init(repository: RepositoryName, owner: String? = nil, hooks: [Hook], file: String = "") {
        self.repository = repository
        self.owner = owner
        self.hooks = hooks.sorted { $0.id < $1.id }
        self.file = file
    }

    /// The hook of that identifier.
    public func hook(_ id: HookID) -> Hook? { hooks.first { $0.id == id } }

    /// For private repositories, always or never.
    public enum DeployKeyMode: String, Sendable, Hashable, Codable, CaseIterable { case auto, always, never }
}
