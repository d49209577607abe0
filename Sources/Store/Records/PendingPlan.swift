import Model

/// What would change on GitHub, for the page.
public struct PendingPlan: Sendable, Hashable, Codable {
    /// One project's changes.
    public struct Project: Sendable, Hashable, Codable {
        /// The project.
        public var repository: RepositoryName
        /// As a diff: each begins with `+`, `-`, `~`, or `!` for what cannot be done.
        public var lines: [String]
        /// Whether some of the changes are drift that is left as it is; their lines say so.
        public var isDriftReported: Bool

        /// Memberwise.
        public init(repository: RepositoryName, lines: [String], isDriftReported: Bool) {
            self.repository = repository
            self.lines = lines
            self.isDriftReported = isDriftReported
        }
    }

    /// The revision that is planned for.
    public var commit: String
    /// Whether it is held: then this is what would happen if it were applied.
    public var isHeld: Bool
    /// The projects that change, by name; the first hundred.
    public var projects: [Project]
    /// How many more there are.
    public var more: Int

    /// Memberwise.
    public init(commit: String, isHeld: Bool, projects: [Project], more: Int = 0) {
        self.commit = commit
        self.isHeld = isHeld
        self.projects = projects
        self.more = more
    }
}
