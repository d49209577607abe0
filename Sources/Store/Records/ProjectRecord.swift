import Foundation
import Model

/// A row of `project`: a repository that is, or once was, declared in the admin repository.
public struct ProjectRecord: Sendable, Hashable, Codable, Identifiable {
    /// The row's number; it never changes and is never given again.
    public var id: Int64
    /// The repository, in the letters of the latest configuration.
    public var repository: RepositoryName
    /// Whether the admin repository still declares it.
    public var isActive: Bool
    /// The configuration that holds now.
    public var config: Project
    /// The commit of the admin repository that last changed `config`, or that removed the project.
    public var configCommit: String
    /// GitHub's number of the repository, once known.
    public var githubID: Int64?
    /// Whether the repository is private; true until GitHub said otherwise.
    public var isPrivate: Bool
    /// The repository's default branch, once known.
    public var defaultBranch: String?
    /// Whether GitHub agrees with the configuration.
    public var condition: ProjectCondition
    /// When the project was first declared.
    public var createdAt: Date
    /// How often in a row it could not be made as declared.
    public var failures: Int
    /// When that is tried again; `nil` for the usual pass.
    public var nextTryAt: Date?
    /// Since when its file has errors, so that the configuration before them holds; `nil` when it has none.
    public var keptSince: Date?
}

/// When a project that could not be made as declared is tried again.
public struct ProjectRetry: Sendable, Hashable {
    /// How often in a row it failed.
    public var failures: Int
    /// The next try.
    public var nextTryAt: Date

    /// Memberwise.
    public init(failures: Int, nextTryAt: Date) {
        self.failures = failures
        self.nextTryAt = nextTryAt
    }
}

/// Whether GitHub agrees with a project's configuration.
public struct ProjectCondition: Sendable, Hashable, Codable {
    /// Three answers.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Everything is as declared.
        case ready
        /// Work is under way, or is tried again by itself.
        case reconciling
        /// Nothing more is tried until a person changes something.
        case stalled
    }

    /// The answer.
    public var status: Status
    /// Why it is not ready, one sentence.
    public var reason: String?
    /// Since when it has been so.
    public var since: Date

    /// Memberwise.
    public init(status: Status, reason: String? = nil, since: Date = Date()) {
        self.status = status
        self.reason = reason
        self.since = since
    }
}
