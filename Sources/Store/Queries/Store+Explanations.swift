import Foundation
internal import GRDB
import Model

/// A delivery with why it ran what it ran.
public struct ExplainedDelivery: Sendable, Hashable {
    /// The row.
    public var delivery: DeliveryRecord
    /// What each hook's rules said; `nil` when no rule was asked.
    public var explanation: DeliveryExplanation?
    /// The size of its payload.
    public var payloadBytes: Int
}

/// A build of a commit, with its project's name and its jobs.
public struct ExplainedBuild: Sendable, Hashable {
    /// The project.
    public var repository: RepositoryName
    /// The build.
    public var build: BuildRecord
    /// The latest attempts.
    public var jobs: [JobRecord]
}

extension Store {
    /// A delivery with its explanation.
    public func explainedDelivery(_ id: Int64) async throws(StoreError) -> ExplainedDelivery? {
        try await database.read { db in try db.explainedDeliveries("delivery.id = ?", [id]).first }
    }

    /// Looks at a delivery again, with the rules of now: its jobs that are missing are made, those that are there stay.
    ///
    /// - Returns: whether there is such a delivery and it is not waiting anyway.
    @discardableResult
    public func decideAgain(_ id: Int64) async throws(StoreError) -> Bool {
        let isChange = try await database.write { db in
            try db.run(
                """
                UPDATE delivery SET state = 'received', decision = NULL, explanation = NULL, problem = NULL,
                    failures = 0, nextTryAt = NULL
                WHERE id = ? AND state <> 'received' AND EXISTS (SELECT 1 FROM payload WHERE deliveryID = delivery.id)
                """, [id])
            return db.changesCount > 0
        }
        if isChange { notify([.deliveries]) }
        return isChange
    }

    /// Deliveries by GUID, oldest first, also while another process works with the store. GitHub gives all webhooks of one
    /// event the same GUID.
    ///
    /// - Returns: `nil` when there is no database in that folder.
    public static func peek(
        dataDirectory: String, guid: String
    ) async throws(StoreError) -> [ExplainedDelivery]? {
        try await reading(dataDirectory) { db in
            try db.deliveries(guid: guid)
        }
    }

    /// What came of a commit: the deliveries about it and its builds, oldest first, also while another process works with
    /// the store.
    ///
    /// - Parameters:
    ///   - commit: its id, or the beginning of it.
    ///   - repository: only this project's.
    /// - Returns: `nil` when there is no database in that folder.
    public static func peek(
        dataDirectory: String, commit: String, repository: RepositoryName?
    ) async throws(StoreError) -> (deliveries: [ExplainedDelivery], builds: [ExplainedBuild])? {
        try await reading(dataDirectory) { db in
            try db.explained(commit: commit, repository: repository)
        }
    }
}

extension Database {
    func explainedDeliveries(
        _ condition: String, _ arguments: StatementArguments
    ) throws -> [ExplainedDelivery] {
        try all(
            """
            SELECT \(DeliveryRecord.columns), delivery.explanation,
                coalesce((SELECT length(body) FROM payload WHERE deliveryID = delivery.id), 0)
            FROM delivery WHERE \(condition)
            """, arguments
        ) { columns in
            let delivery = try DeliveryRecord(&columns)
            let explanation = try columns.next(String?.self).map { try JSONColumn.explanation($0) }
            return ExplainedDelivery(
                delivery: delivery, explanation: explanation, payloadBytes: try columns.next())
        }
    }
}
