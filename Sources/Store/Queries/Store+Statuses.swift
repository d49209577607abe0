import Foundation
internal import GRDB
import Model

/// The outbox of commit statuses. What GitHub should show is written in the transactions that change builds; here it is
/// read by whoever sends it.
extension Store {
    /// The statuses that GitHub has not acknowledged and whose time has come, the longest due first, and when the first
    /// of the others is to be sent; `nil` when there is none.
    ///
    /// A row holds the latest status only: between two tries, `pending` may be replaced by the final one, never the
    /// other way round.
    ///
    /// - Parameter paused: projects whose statuses are left out, and do not count for the time either.
    public func dueStatuses(
        now: Date, limit: Int, except paused: Set<Int64> = []
    ) async throws(StoreError) -> (due: [DueStatus], next: Date?) {
        let paused = paused.isEmpty ? "[]" : "[\(paused.map(String.init).joined(separator: ","))]"
        return try await database.read { db in
            let due = try db.all(
                """
                SELECT \(StatusRecord.columns), \(ProjectRecord.columns) FROM status
                JOIN project ON project.id = status.projectID
                WHERE \(StatusRecord.isDue) AND nextTryAt <= ? AND projectID NOT IN (SELECT value FROM json_each(?))
                ORDER BY nextTryAt, status.id LIMIT ?
                """, [now.milliseconds, paused, limit]
            ) { columns in
                DueStatus(status: try StatusRecord(&columns), project: try ProjectRecord(&columns))
            }
            let next = try db.first(
                """
                SELECT nextTryAt FROM status
                WHERE \(StatusRecord.isDue) AND nextTryAt > ? AND projectID NOT IN (SELECT value FROM json_each(?))
                ORDER BY nextTryAt LIMIT 1
                """, [now.milliseconds, paused]
            ) { columns in try columns.date() }
            return (due, next)
        }
    }

    /// GitHub has taken that sequence. If the wanted status changed while it was sent, the row stays due, and the change
    /// has been signalled.
    public func acknowledgeStatus(
        _ projectID: Int64, commit: String, context: String, sequence: Int64
    ) async throws(StoreError) {
        try await changeStatus(
            """
            UPDATE status SET acknowledgedSequence = ?4, failures = 0, lastError = NULL
            WHERE projectID = ?1 AND sha = ?2 AND context = ?3
                AND ?4 > acknowledgedSequence AND ?4 <= sequence
            """, [projectID, commit, context, sequence])
    }

    /// Sending that sequence failed.
    ///
    /// Nobody is woken: whoever sends knows when to go on.
    ///
    /// - Parameters:
    ///   - until: not tried again before.
    ///   - giveUp: this sequence is not tried again at all; a change of the wanted status is.
    public func postponeStatus(
        _ projectID: Int64, commit: String, context: String, sequence: Int64, until: Date, error: String,
        giveUp: Bool = false
    ) async throws(StoreError) {
        try await changeStatus(
            """
            UPDATE status SET failures = failures + 1, lastError = ?5, nextTryAt = ?6,
                gaveUpSequence = CASE WHEN ?7 AND ?4 = sequence THEN ?4 ELSE gaveUpSequence END
            WHERE projectID = ?1 AND sha = ?2 AND context = ?3
                AND ?4 > acknowledgedSequence AND ?4 <= sequence
            """, [projectID, commit, context, sequence, error, until.milliseconds, giveUp])
    }

    /// The statuses of a commit, by context.
    public func statuses(_ projectID: Int64, commit: String) async throws(StoreError) -> [StatusRecord] {
        try await database.read { db in
            try db.all(
                "SELECT \(StatusRecord.columns) FROM status WHERE projectID = ? AND sha = ? ORDER BY context",
                [projectID, commit], StatusRecord.init)
        }
    }

    private func changeStatus(_ sql: String, _ arguments: StatementArguments) async throws(StoreError) {
        try await database.write { db in try db.run(sql, arguments) }
    }
}
