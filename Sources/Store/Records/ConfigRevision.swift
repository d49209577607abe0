import Foundation

/// A row of `configRevision`: a commit of the admin repository that was read.
public struct ConfigRevision: Sendable, Hashable, Codable {
    /// The commit.
    public var commit: String
    /// The author's display name.
    public var authorName: String
    /// When it was committed.
    public var committedAt: Date
    /// Its message.
    public var message: String
    /// When we read it.
    public var readAt: Date
    /// When the projects took it over; `nil` while it is held.
    public var appliedAt: Date?
    /// The diagnostics of reading it, a JSON array.
    public var diagnosticsJSON: String
    /// What is wrong with it or with reaching the admin repository since, if anything is.
    public var error: String?

    /// Memberwise.
    public init(
        commit: String, authorName: String, committedAt: Date, message: String, readAt: Date = Date(),
        appliedAt: Date? = nil, diagnosticsJSON: String = "[]", error: String? = nil
    ) {
        self.commit = commit
        self.authorName = authorName
        self.committedAt = committedAt
        self.message = message
        self.readAt = readAt
        self.appliedAt = appliedAt
        self.diagnosticsJSON = diagnosticsJSON
        self.error = error
    }
}

/// Trouble with reaching or reading the admin repository.
public struct ConfigProblem: Sendable, Hashable, Codable {
    /// One sentence.
    public var message: String
    /// Since when it has been so.
    public var since: Date
}

/// The projects that a commit of the admin repository changed.
public struct ConfigChanges: Sendable, Hashable {
    /// The projects that are new, came back, or have another configuration now.
    public var changed: [ProjectRecord.ID] = []
    /// The projects that are no longer declared.
    public var removed: [ProjectRecord.ID] = []
}
