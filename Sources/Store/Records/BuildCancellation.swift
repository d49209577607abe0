import Model

/// Which open builds of a project are to end, and why.
public struct BuildCancellation: Sendable, Hashable {
    /// Which ones.
    public enum Builds: Sendable, Hashable {
        /// All of a ref.
        case ref(GitRef)
        /// All of a pull request, except on the default branch and what is wanted without it: by another open pull
        /// request of the same branch, or by a push, of a hook whose `on.push` names the branch or that no pull request
        /// runs.
        case pullRequest(Int)
        /// The one of that row.
        case build(Int64)
    }

    /// The project.
    public var projectID: Int64
    /// Which ones.
    public var builds: Builds
    /// When the event happened that asks for it, in seconds since 1970: what later events want is not ended.
    public var happenedAt: Int64?
    /// Why, for logs, pages and statuses.
    public var reason: String

    /// Memberwise.
    public init(projectID: Int64, _ builds: Builds, happenedAt: Int64? = nil, reason: String) {
        self.projectID = projectID
        self.builds = builds
        self.happenedAt = happenedAt
        self.reason = reason
    }
}
