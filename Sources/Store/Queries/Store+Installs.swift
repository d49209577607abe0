internal import GRDB
import Model

extension Store {
    /// How long the hook's install script took when it last ended well, its image included, in seconds.
    ///
    /// - Returns: `nil` when it never did.
    public func lastInstallSeconds(_ projectID: Int64, _ hook: HookID) async throws(StoreError) -> Double? {
        try await database.read { db in
            try db.first(
                """
                SELECT endedAt - startedAt FROM install
                WHERE projectID = ? AND hook = ? AND endedAt IS NOT NULL ORDER BY jobID DESC LIMIT 1
                """, [projectID, hook.description]
            ) { columns in Double(try columns.next(Int64.self)) / 1000 }
        }
    }
}

extension Database {
    /// Notes when an install begins and when the job goes on with what it made.
    func noteInstall(_ jobID: Int64, _ phase: JobPhase?, time: Int64) throws {
        switch phase {
        case .installing:
            // A process that goes on with a job says it again.
            try run(
                """
                INSERT OR IGNORE INTO install (jobID, projectID, hook, startedAt)
                SELECT id, projectID, hook, ? FROM job WHERE id = ?
                """, [time, jobID])
        case .building:
            try run("UPDATE install SET endedAt = ? WHERE jobID = ? AND endedAt IS NULL", [time, jobID])
        default: break
        }
    }
}
