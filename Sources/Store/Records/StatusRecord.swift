import Foundation
import Model

/// A row of `status`: the commit status that GitHub should show, and how much of that it has acknowledged.
///
/// A commit has one status for each context, however many builds it has. When it is built on several refs, its status is
/// pending while one of these builds goes on, then that of the newest that failed, then of one that waits for an approval,
/// then of the newest that passed. What was cancelled, or had nothing to run, shows only when there is nothing else. In the
/// context of a hook the latest attempts of its jobs count in the same way.
public struct StatusRecord: Sendable, Hashable, Codable {
    /// The project.
    public var projectID: Int64
    /// The commit.
    public var commit: String
    /// What GitHub should show. Its context is part of the row's key.
    public var wanted: CommitStatus
    /// Counts the changes of `wanted`, from 1.
    public var sequence: Int64
    /// The sequence that GitHub last acknowledged; 0 for none. The status is to be sent exactly when they differ.
    public var acknowledgedSequence: Int64
    /// How often sending failed in a row.
    public var failures: Int
    /// Not before.
    public var nextTryAt: Date
    /// Why sending failed last.
    public var lastError: String?
    /// Whether sending this sequence was given up; the next change of `wanted` is sent again.
    public var isGivenUp: Bool
}

/// A status that is to be sent now.
public struct DueStatus: Sendable {
    /// The row.
    public var status: StatusRecord
    /// Its project.
    public var project: ProjectRecord
}
