import Foundation
import Model

/// What stays of a build that retention removed.
public struct RemovedBuild: Sendable, Hashable, Codable {
    /// The project.
    public var projectID: Int64
    /// The build's number.
    public var number: Int
    /// Its ref.
    public var ref: GitRef
    /// Its commit.
    public var commit: String
    /// How it ended.
    public var state: BuildState
    /// When it was made.
    public var createdAt: Date
    /// When it was removed.
    public var removedAt: Date
}

extension RemovedBuild {
    static let columns = "projectID, number, ref, sha, state, createdAt, removedAt"

    init(_ columns: inout Columns) throws {
        self.init(
            projectID: try columns.next(), number: try columns.next(), ref: GitRef(try columns.next()),
            commit: try columns.next(), state: try columns.value(BuildState.init(rawValue:)),
            createdAt: try columns.date(), removedAt: try columns.date())
    }
}
