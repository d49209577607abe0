import Foundation
internal import GRDB
import Model

/// A job that was put into the queue, and who wants to know.
struct QueuedJob {
    var id: Int64
    var topics: [ChangeSignal.Topic]
}

extension Database {
    /// A new attempt in the queue. When its concurrency group is full and a new job goes first, the oldest jobs of other
    /// builds in the group are cancelled; one that runs keeps its place in the group until it has really ended.
    func queueJob(
        _ hook: Hook, buildID: Int64, number: Int, projectID: Int64, attempt: Int, page: String, at time: Date
    ) throws -> QueuedJob {
        try run(
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, createdAt, page,
                concurrencyGroup, concurrencyLimit)
            VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)
            """,
            [
                buildID, projectID, hook.id.description, hook.title, try JSONColumn.text(hook), attempt,
                time.milliseconds, page, hook.concurrency?.group, hook.concurrency?.limit,
            ])
        let id = lastInsertedRowID
        var topics: [ChangeSignal.Topic] = [.builds, .job(id)]
        // A stranger's job that waits for an approval ends nobody's.
        if let rule = hook.concurrency, rule.onNew == .cancel, try build(buildID)?.awaitsApproval != true {
            let open = try Int64.fetchAll(
                self,
                sql: """
                    SELECT id FROM job WHERE projectID = ? AND concurrencyGroup = ? AND concurrencyGroup IS NOT NULL
                        AND state IN ('queued', 'running') AND cancelReason IS NULL AND buildID <> ? ORDER BY id
                    """, arguments: [projectID, rule.group, buildID])
            let reason = "superseded by build #\(number) in the group '\(rule.group)'"
            for older in open.prefix(max(0, open.count + 1 - rule.limit)) {
                topics += try requestCancel(older, reason: reason, successor: number, at: time) ?? []
            }
        }
        return QueuedJob(id: id, topics: topics)
    }

    /// A job that need not run, unless the build has one of this hook already. No topics then.
    func skip(
        _ skipped: SkippedHook, buildID: Int64, projectID: Int64, page: String, at time: Date
    ) throws -> [ChangeSignal.Topic] {
        let hook = skipped.hook
        try run(
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, reason, createdAt, finishedAt, page)
            SELECT ?1, ?2, ?3, ?4, ?5, 1, 'skipped', ?6, ?7, ?7, ?8
            WHERE NOT EXISTS (SELECT 1 FROM job WHERE buildID = ?1 AND hook = ?3)
            """,
            [
                buildID, projectID, hook.id.description, hook.title, try JSONColumn.text(hook), skipped.reason,
                time.milliseconds, page,
            ])
        return changesCount > 0 ? [.builds, .job(lastInsertedRowID)] : []
    }
}
