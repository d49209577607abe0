import Model

/// Which open builds of a project are to end, and why.
public struct BuildCancellation: Sendable, Hashable {
    /// Which ones.
    public enum Builds: Sendable, Hashable {
        /// All of a ref.
        case ref(GitRef)
        /// All of a pull request, except on the default branch.
        case pullRequest(Int)
        /// The one of that row.
        case build(Int64)
    }

    /// The project.
    public var projectID: Int64
    /// Which ones.
    public var builds: Builds
    /// Why, for logs, pages and statuses.
    public var reason: String

    /// Memberwise.
    public init(projectID: Int64, _ builds: Builds, reason: String) {
        self.projectID = projectID
        self.builds = builds
        self.reason = reason
    }
}
