import Foundation
import Model

/// How a branch or a tag stands.
public struct RefOverview: Sendable, Hashable {
    /// Its newest build.
    public var latest: BuildRecord
    /// Whether the repository still had it when somebody looked last; true when nobody looked yet.
    public var exists: Bool
}

/// A pull request that is open, as the events about it said.
public struct PullRequestOverview: Sendable, Hashable {
    /// Its number on GitHub.
    public var number: Int
    /// What is built: a branch of the repository, or the pull request's own ref.
    public var ref: GitRef
    /// The branch that it is for.
    public var base: String?
    /// Its title.
    public var title: String
    /// The GitHub login of who opened it.
    public var author: String
    /// When the first event about it came.
    public var openedAt: Date
    /// The newest build of what it asks to merge.
    public var latest: BuildRecord?
}
