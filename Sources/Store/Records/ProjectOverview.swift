/// A row of the page of all projects.
public struct ProjectOverview: Sendable, Hashable, Codable {
    /// The project.
    public var project: ProjectRecord
    /// Its newest builds, newest first.
    public var recent: [BuildRecord]
    /// How its default branch is; `nil` when that is not known or was never built.
    public var main: RefStanding?
    /// The same by the newest build there by which it passed or is red, whatever has begun since or was cancelled.
    public var mainVerdict: RefStanding?
    /// Its newest build.
    public var latest: BuildRecord? { recent.first }
}
