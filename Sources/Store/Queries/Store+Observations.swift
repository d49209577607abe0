import Foundation
internal import GRDB

extension Store {
    /// Remembers what GitHub has for a project; `nil` forgets it. Equal text is not written again.
    ///
    /// - Parameter state: JSON that only the reconciler understands.
    public func saveObservation(_ projectID: Int64, _ state: String?) async throws(StoreError) {
        let time = now().milliseconds
        let isChange = try await database.write { db in
            guard let state else {
                try db.run("DELETE FROM observation WHERE projectID = ?", [projectID])
                return db.changesCount > 0
            }
            try db.run(
                """
                INSERT INTO observation (projectID, state, seenAt) VALUES (?, ?, ?)
                ON CONFLICT (projectID) DO UPDATE SET state = excluded.state, seenAt = excluded.seenAt
                    WHERE state <> excluded.state
                """, [projectID, state, time])
            return db.changesCount > 0
        }
        if isChange { notify([.observations]) }
    }

    /// When GitHub was first seen as it is remembered, by project; those that were never looked at are missing.
    public func observationTimes(_ projectIDs: [Int64]) async throws(StoreError) -> [Int64: Date] {
        try await database.read { db in
            var times: [Int64: Date] = [:]
            for id in projectIDs {
                times[id] = try db.first("SELECT seenAt FROM observation WHERE projectID = ?", [id]) { columns in
                    try columns.date()
                }
            }
            return times
        }
    }

    /// What is remembered of all projects, active or not, by number.
    public func reconcileRecords() async throws(StoreError) -> [ReconcileRecord] {
        try await database.read { db in try db.reconcileRecords() }
    }

    /// The same of some of them: the first ones whose numbers are greater than that.
    public func reconcileRecords(after id: Int64, limit: Int) async throws(StoreError) -> [ReconcileRecord] {
        try await database.read { db in try db.reconcileRecords(after: id, limit: limit) }
    }
}
