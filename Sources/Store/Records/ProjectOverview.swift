/// A row of the page of all projects.
public struct ProjectOverview: Sendable, Hashable, Codable {
    /// The project.
    public var project: ProjectRecord
    /// Its newest builds, newest first.
    public var recent: [BuildRecord]
    /// Its newest build.
    public var latest: BuildRecord? { recent.first }
}
