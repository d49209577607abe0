internal import GRDB
import Model

extension Store {
    /// How many seconds a hook usually takes: the middle one of its ``recentSeconds(_:_:beforeBuild:)``; `nil` without any.
    public func usualSeconds(
        _ projectID: Int64, _ hook: HookID, beforeBuild number: Int
    ) async throws(StoreError) -> Double? {
        let seconds = try await recentSeconds(projectID, hook, beforeBuild: number).sorted()
        return seconds.isEmpty ? nil : seconds[seconds.count / 2]
    }

    /// How long a hook's latest jobs took that ran and passed before a build, in seconds, the newest first: at most nine of
    /// the thirty builds before it. Jobs that took over a verdict ran nothing, and do not count.
    public func recentSeconds(
        _ projectID: Int64, _ hook: HookID, beforeBuild number: Int
    ) async throws(StoreError) -> [Double] {
        try await database.read { db in
            try db.all(
                """
                SELECT job.finishedAt - job.startedAt FROM (
                    SELECT id, number FROM build WHERE projectID = ? AND number < ? ORDER BY number DESC LIMIT 30
                ) AS known CROSS JOIN job ON job.buildID = known.id
                WHERE job.hook = ? AND job.state = 'success' AND job.exitCode IS NOT NULL AND job.startedAt IS NOT NULL
                ORDER BY known.number DESC LIMIT 9
                """, [projectID, number, hook.description]
            ) { columns in Double(try columns.next(Int64.self)) / 1000 }
        }
    }
}
