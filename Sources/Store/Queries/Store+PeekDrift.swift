import Foundation
internal import GRDB
import Model

/// An open difference with its project.
public struct ProjectDrift: Sendable, Hashable, Codable {
    /// The project.
    public var repository: RepositoryName
    /// What differs.
    public var difference: DriftDifference
    /// When it was seen first.
    public var foundAt: Date
}

extension Store {
    /// The differences on GitHub that nobody asked for and that are still there, also while another process works with the
    /// store.
    ///
    /// - Returns: `nil` when there is no database in that folder.
    public static func peekDrift(dataDirectory: String) async throws(StoreError) -> [ProjectDrift]? {
        try await reading(dataDirectory) { db in
            try db.all(
                """
                SELECT \(DriftRecord.columns), (SELECT repository FROM project WHERE project.id = drift.projectID)
                FROM drift WHERE healedAt IS NULL ORDER BY projectID, id
                """
            ) { columns in
                let record = try DriftRecord(&columns)
                return ProjectDrift(
                    repository: try columns.value { RepositoryName($0) }, difference: record.difference,
                    foundAt: record.foundAt)
            }
        }
    }
}
