import Model

/// What of the admin repository is in effect.
public struct AppliedConfiguration: Sendable {
    /// The commit.
    public var commit: String
    /// The server's settings; `nil` after an upgrade from a version that did not keep them.
    public var settings: ServerSettings?
    /// The active projects, by name.
    public var projects: [Project]
}
