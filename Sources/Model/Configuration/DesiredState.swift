/// What the admin repository says at one commit, as far as it is valid.
public struct DesiredState: Sendable, Hashable, Codable {
    /// The valid projects, sorted by name.
    public var projects: [Project]
    /// The repositories of project files that have errors but still name their repository: these keep their last
    /// good state and are never taken for removed.
    public var broken: [RepositoryName] = []
    /// A project file so broken that its repository cannot be known: then nothing may be removed.
    public var hasUnreadableFile = false
    /// `kozmic.yaml` has errors: then there are no valid projects, and `server` must not replace what was read last.
    public var hasBrokenSettings = false
    /// Settings for all projects.
    public var server = ServerSettings()

    /// Memberwise.
    public init(projects: [Project]) { self.projects = projects.sorted { $0.repository < $1.repository } }

    /// The project of that name.
    public func project(_ name: RepositoryName) -> Project? { projects.first { $0.repository == name } }
}
