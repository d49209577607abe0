/// As much of a project as tells whether something is to be done about it: thousands are read in a moment.
public struct ProjectMark: Sendable, Hashable, Identifiable {
    /// The project's number.
    public var id: Int64
    /// See `ProjectRecord.configCommit`.
    public var configCommit: String
    /// Whether the admin repository declares it. One that is not declared is there as long as it has something of ours.
    public var isActive: Bool
    /// Whether GitHub agreed with the configuration when somebody looked last.
    public var isReady: Bool

    /// Memberwise.
    public init(id: Int64, configCommit: String, isActive: Bool, isReady: Bool) {
        self.id = id
        self.configCommit = configCommit
        self.isActive = isActive
        self.isReady = isReady
    }
}

extension ProjectRecord {
    /// The record's mark.
    public var mark: ProjectMark {
        ProjectMark(id: id, configCommit: configCommit, isActive: isActive, isReady: condition.status == .ready)
    }
}
