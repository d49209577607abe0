import Foundation
internal import GRDB
import Model

/// Old builds go: first their rows, each leaving a tombstone, then the files of their logs. A process that dies between
/// the two leaves the files' numbers, by which the next one finds them.
extension Store {
    /// Removes a few of a project's builds that are older than the rule's days and have more newer ones than its number.
    ///
    /// Kept are: a build that has not ended or whose containers are kept; and of each ref that GitHub still has, the newest
    /// build, because its commit would count as never built, those that ran last what that one skipped, because they say how the
    /// ref is, and the last successful one, if the rule says so; those of commits that were no longer its head do not count. Of a project whose refs nobody looked at yet, all refs count; and
    /// so does the ref of a build of the last day.
    ///
    /// - Parameter limit: at most so many in this transaction.
    /// - Returns: how many were removed; fewer than `limit` mean that nothing is left to remove.
    public func removeOldBuilds(
        _ projectID: Int64, _ rule: ServerSettings.Retention, limit: Int
    ) async throws(StoreError) -> Int {
        let time = now()
        let count = try await database.write { db in
            let old = try db.oldBuilds(projectID, rule, at: time, limit: limit)
            for id in old {
                try db.run("INSERT OR IGNORE INTO removedLog SELECT id FROM job WHERE buildID = ?", [id])
                try db.run(
                    """
                    INSERT OR REPLACE INTO removedBuild (\(RemovedBuild.columns))
                    SELECT projectID, number, ref, sha, state, createdAt, ? FROM build WHERE id = ?
                    """, [time.milliseconds, id])
                try db.run("DELETE FROM build WHERE id = ?", [id])
            }
            return old.count
        }
        if count > 0 { notify([.builds]) }
        return count
    }

    /// Removes the files of logs whose jobs are gone, or that somebody deleted.
    ///
    /// - Returns: how many jobs that were.
    @discardableResult
    public func removeOldLogs(limit: Int) async throws(StoreError) -> Int {
        let jobs = try await database.read { db in
            try db.all("SELECT jobID FROM removedLog ORDER BY jobID LIMIT ?", [limit]) { columns in
                try columns.next(Int64.self)
            }
        }
        for job in jobs { try await logs.remove(job) }
        guard !jobs.isEmpty else { return 0 }
        try await database.write { db in
            for job in jobs { try db.run("DELETE FROM removedLog WHERE jobID = ?", [job]) }
        }
        return jobs.count
    }

    /// What stays of a build that retention removed; `nil` when there never was one of that number, or it is there.
    public func removedBuild(_ projectID: Int64, number: Int) async throws(StoreError) -> RemovedBuild? {
        try await database.read { db in
            try db.first(
                "SELECT \(RemovedBuild.columns) FROM removedBuild WHERE projectID = ? AND number = ?",
                [projectID, number], RemovedBuild.init)
        }
    }
}

extension Database {
    /// From the oldest on; a walk over the index of the project's builds that ends where nothing older can follow.
    fileprivate func oldBuilds(
        _ projectID: Int64, _ rule: ServerSettings.Retention, at time: Date, limit: Int
    ) throws -> [Int64] {
        let before = time.addingTimeInterval(-Double(rule.days) * 86_400).milliseconds
        // Builds up to this number have more than `builds` newer ones.
        let excess =
            try Int64.fetchOne(
                cachedStatement(
                    sql: "SELECT number FROM build WHERE projectID = ? ORDER BY number DESC LIMIT 1 OFFSET ?"),
                arguments: [projectID, rule.builds]) ?? 0
        return try Int64.fetchAll(
            cachedStatement(
                sql: """
                    SELECT build.id FROM build
                    WHERE build.projectID = ?1 AND build.finishedAt IS NOT NULL
                        AND build.number <= ?2 AND build.finishedAt < ?3
                        AND NOT EXISTS (SELECT 1 FROM job WHERE job.buildID = build.id AND job.keptUntil IS NOT NULL)
                        AND NOT (
                            (EXISTS (SELECT 1 FROM head WHERE head.projectID = ?1 AND head.ref = build.ref)
                                OR NOT EXISTS (SELECT 1 FROM headBaseline WHERE headBaseline.projectID = ?1)
                                -- A ref so new may not have been looked at yet.
                                OR build.createdAt > ?6)
                            AND build.isOffHead = 0
                            AND (
                                NOT EXISTS (
                                    SELECT 1 FROM build AS newer WHERE newer.projectID = ?1 AND newer.ref = build.ref
                                        AND newer.number > build.number AND newer.isOffHead = 0)
                                OR EXISTS (
                                    SELECT 1 FROM job AS ran CROSS JOIN job AS skipped ON skipped.hook = ran.hook
                                        AND skipped.buildID = (
                                            SELECT id FROM build AS newest
                                            WHERE newest.projectID = ?1 AND newest.ref = build.ref AND newest.isOffHead = 0
                                            ORDER BY newest.number DESC LIMIT 1)
                                    WHERE ran.buildID = build.id AND ran.state <> 'skipped'
                                        AND skipped.state = 'skipped' AND NOT EXISTS (
                                            SELECT 1 FROM build AS newer INDEXED BY build_of_ref CROSS JOIN job AS later
                                                ON later.buildID = newer.id AND later.hook = ran.hook
                                            WHERE newer.projectID = ?1 AND newer.ref = build.ref
                                                AND newer.number > build.number AND newer.isOffHead = 0
                                                AND later.state NOT IN ('skipped', 'cancelled')))
                                OR (?4 AND build.state = 'success' AND NOT EXISTS (
                                    SELECT 1 FROM build AS newer WHERE newer.projectID = ?1 AND newer.ref = build.ref
                                        AND newer.number > build.number AND newer.isOffHead = 0
                                        AND newer.state = 'success'))))
                    ORDER BY build.number LIMIT ?5
                    """),
            arguments: [
                projectID, excess, before, rule.keepLastSuccess, limit,
                time.addingTimeInterval(-86_400).milliseconds,
            ])
    }
}
