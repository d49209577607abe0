internal import GRDB
import Model

extension Store {
    /// Deletes the log of a job that has ended, for good: first the row says so, then the files go. A process that dies
    /// between the two leaves the job's number, by which ``removeOldLogs(limit:)`` finds them.
    ///
    /// Mail that waits to be sent and may quote the log is written anew. How the log ended is forgotten, too.
    ///
    /// - Parameter login: who deletes it; that this person may do so is the caller's business.
    /// - Returns: the job. Of several deletions the first one stays.
    /// - Throws: `notFound`; `conflict` while the job has not ended, and when it wrote no log; `failed` when the files could
    ///   not be removed: the log is shown to nobody then, and removing them is tried again later.
    @discardableResult
    public func deleteLog(_ jobID: Int64, by login: String) async throws(StoreError) -> JobRecord {
        let time = now()
        // A job that has ended writes no more.
        if let job = try await job(jobID), job.state.isFinished, job.logDeletion == nil,
            try await logs.reader(jobID).size() == 0
        {
            throw .conflict("attempt \(job.attempt) of \(job.hook) wrote no log")
        }
        let (job, topics) = try await database.write { db -> (JobRecord, [ChangeSignal.Topic]) in
            guard let job = try db.job(jobID) else { throw StoreError.notFound("job \(jobID)") }
            guard job.state.isFinished else {
                throw StoreError.conflict("attempt \(job.attempt) of \(job.hook) has not ended")
            }
            guard job.logDeletion == nil else { return (job, []) }
            try db.run(
                "UPDATE job SET logDeletedAt = ?, logDeletedBy = ?, failureForm = NULL WHERE id = ?",
                [time.milliseconds, login, jobID])
            try db.run("INSERT OR IGNORE INTO removedLog VALUES (?)", [jobID])
            let hasMail = try db.rewriteLetters(ofBuild: job.buildID)
            return (try db.job(jobID) ?? job, hasMail ? [.job(jobID), .mail] : [.job(jobID)])
        }
        notify(topics)
        try await logs.remove(jobID)
        try await database.write { db in try db.run("DELETE FROM removedLog WHERE jobID = ?", [jobID]) }
        return job
    }
}

extension Database {
    /// Takes back the letters about a build that wait: what they tell of is news once more. Under its old number, so that
    /// mailboxes that have theirs get no second one.
    ///
    /// - Returns: whether there were any.
    fileprivate func rewriteLetters(ofBuild buildID: Int64) throws -> Bool {
        try run(
            """
            INSERT OR IGNORE INTO buildNews (id, buildID, outcome, happenedAt, bisectionID)
            SELECT letter.newsID, letter.buildID,
                coalesce(letter.outcome, CASE build.state WHEN 'success' THEN 'fixed' WHEN 'error' THEN 'error'
                    ELSE 'failure' END),
                letter.happenedAt, letter.bisectionID
            FROM letter JOIN build ON build.id = letter.buildID
            WHERE letter.buildID = ? AND letter.state = 'waiting' GROUP BY letter.newsID
            """, [buildID])
        try run("DELETE FROM letter WHERE buildID = ? AND state = 'waiting'", [buildID])
        return changesCount > 0
    }

    /// Whether somebody deleted the log of one of these jobs.
    func isLogDeleted(ofAny jobs: [Int64]) throws -> Bool {
        try first(
            """
            SELECT EXISTS (SELECT 1 FROM json_each(?) AS asked CROSS JOIN job ON job.id = asked.value
                WHERE job.logDeletedAt IS NOT NULL)
            """, [try JSONColumn.text(jobs)]
        ) { columns in try columns.next(Bool.self) } ?? false
    }
}
