import Foundation
internal import GRDB
import Model

extension Store {
    /// Gives the next job a slot: the oldest one of the project that has the fewest running and, among several, got a
    /// slot longest ago, so that no project waits for another's long queue. Jobs whose concurrency group is full are
    /// passed over. The job is `running` and `preparing` when this returns; `nil` when nothing is queued that may begin.
    public func claimNextJob() async throws(StoreError) -> ClaimedJob? {
        let time = now()
        let claimed = try await database.write { db -> (ClaimedJob, [ChangeSignal.Topic])? in
            let id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT next.id FROM (
                            SELECT job.projectID, MIN(job.id) AS id FROM job
                            WHERE job.state = 'queued' AND \(Database.hasRoomInGroup) GROUP BY job.projectID
                        ) AS next
                        ORDER BY \(Database.running(in: "next.projectID")), \(Database.turn(of: "next.projectID")), next.id
                        LIMIT 1
                        """))
            guard let id else { return nil }
            try db.run(
                "UPDATE job SET state = 'running', phase = ?, startedAt = ? WHERE id = ?",
                [JobPhase.preparing.rawValue, time.milliseconds, id])
            try db.noteTurn(ofJob: id)
            let buildID = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT buildID FROM job WHERE id = ?"), arguments: [id])
            let topics = try db.refreshBuild(buildID ?? 0, changed: id, at: time)
            guard let claimed = try db.claimed("WHERE job.id = ?", [id]).first else { return nil }
            return (claimed, topics + [.job(id)])
        }
        notify(claimed?.1 ?? [])
        return claimed?.0
    }

    /// The jobs that have a slot, oldest first: after a start, the ones that an earlier process left running.
    public func runningJobs() async throws(StoreError) -> [ClaimedJob] {
        // The plus keeps SQLite from walking the whole table in the order of its numbers, and so to the small index.
        try await database.read { db in try db.claimed("WHERE job.state = 'running' ORDER BY +job.id") }
    }

    /// The jobs that have a slot and those that wait for one, oldest first.
    public func openJobs(limit: Int) async throws(StoreError) -> [ClaimedJob] {
        try await database.read { db in
            try db.claimed("WHERE job.state = 'running' ORDER BY +job.id LIMIT ?", [limit])
                + db.claimed("WHERE job.state = 'queued' ORDER BY +job.id LIMIT ?", [limit])
        }
    }

    /// Remembers what a running job is doing; `nil` leaves a value as it is.
    public func recordProgress(
        _ jobID: Int64, phase: JobPhase? = nil, baseImageID: String? = nil, digest: String? = nil,
        cacheKey: String? = nil, reused: Bool? = nil
    ) async throws(StoreError) {
        let time = now()
        let isChange = try await database.write { db in
            if let cacheKey { try db.noteCacheUse(ofJob: jobID, cacheKey, at: time) }
            try db.run(
                """
                UPDATE job SET phase = coalesce(?1, phase), baseImageID = coalesce(?2, baseImageID),
                    baseImageDigest = coalesce(?3, baseImageDigest), cacheKey = coalesce(?4, cacheKey),
                    cacheReused = coalesce(?5, cacheReused),
                    pullStartedAt = CASE WHEN ?1 = 'pulling' THEN coalesce(pullStartedAt, ?7) ELSE pullStartedAt END,
                    pullEndedAt = CASE WHEN ?1 = 'pulling' THEN NULL
                        WHEN ?2 IS NOT NULL AND pullStartedAt IS NOT NULL THEN coalesce(pullEndedAt, ?7) ELSE pullEndedAt END
                WHERE id = ?6 AND state = 'running'
                """, [phase?.rawValue, baseImageID, digest, cacheKey, reused, jobID, time.milliseconds])
            guard db.changesCount > 0 else { return false }
            try db.noteInstall(jobID, phase, time: time.milliseconds)
            return true
        }
        if isChange { notify([.builds, .job(jobID)]) }
    }

    /// Why a running job is to end; `nil` when nobody asked for that.
    public func cancelReason(_ jobID: Int64) async throws(StoreError) -> String? {
        try await database.read { db in
            try db.first("SELECT cancelReason FROM job WHERE id = ?", [jobID]) { columns in
                try columns.next(String?.self)
            } ?? nil
        }
    }

    /// Stores how a job ended, and in the same transaction the build's state and what GitHub should show.
    ///
    /// - Parameters:
    ///   - outcome: with a finished state. A time at which it ended counts between the job's start and now.
    ///   - failureForm: how its output ended, of a job that failed; see ``similarFailures(_:)``. The same bytes mean the same.
    ///   - pageURL: when given, instead of the addresses pinned when the build was made.
    /// - Returns: false when the job had ended already; nothing is changed then.
    @discardableResult
    public func finishJob(
        _ jobID: Int64, _ outcome: JobOutcome, failureForm: [UInt8]? = nil, pageURL: PageURL? = nil
    ) async throws(StoreError) -> Bool {
        guard outcome.state.isFinished else { throw .invalid("a job cannot end in the state \(outcome.state)") }
        let time = now()
        let topics = try await database.write { db in
            let topics = try db.finish(jobID, outcome, cancelReason: nil, at: time, pageURL: pageURL)
            if let failureForm, outcome.state == .failure, !topics.isEmpty {
                try db.run("UPDATE job SET failureForm = ? WHERE id = ?", [Data(failureForm), jobID])
            }
            return topics
        }
        notify(topics)
        return !topics.isEmpty
    }

    /// Asks for a job's end. One in the queue is cancelled at once; a running one has its `cancelReason` set, which
    /// whoever runs it acts upon. The first reason stands.
    ///
    /// - Returns: false when the job had ended already.
    @discardableResult
    public func requestCancel(_ jobID: Int64, reason: String) async throws(StoreError) -> Bool {
        let time = now()
        let topics = try await database.write { db in try db.requestCancel(jobID, reason: reason, at: time) }
        notify(topics ?? [])
        return topics != nil
    }
}

extension Database {
    func state(ofJob id: Int64) throws -> JobState {
        let state = try first("SELECT state FROM job WHERE id = ?", [id]) { columns in
            try columns.value(JobState.init(rawValue:))
        }
        guard let state else { throw StoreError.notFound("job \(id)") }
        return state
    }

    /// No topics when the job had ended already.
    ///
    /// - Parameter successor: the number of the build that a job makes room for that never ran.
    func finish(
        _ id: Int64, _ outcome: JobOutcome, cancelReason: String?, successor: Int? = nil, at time: Date,
        pageURL: PageURL?
    ) throws -> [ChangeSignal.Topic] {
        guard try !state(ofJob: id).isFinished else { return [] }
        let buildID = try Int64.fetchOne(
            cachedStatement(
                sql: """
                    UPDATE job SET state = ?, exitCode = ?, reason = ?, cancelReason = coalesce(cancelReason, ?),
                        finishedAt = min(?, max(coalesce(startedAt, 0), ?)),
                        successor = CASE WHEN ? THEN coalesce(successor, ?) END
                    WHERE id = ? RETURNING buildID
                    """),
            arguments: [
                outcome.state.rawValue, outcome.exitCode, outcome.reason, cancelReason, time.milliseconds,
                (outcome.endedAt ?? time).milliseconds, outcome.state == .cancelled, successor, id,
            ])
        let topics = try refreshBuild(buildID ?? 0, changed: id, at: time, pageURL: pageURL) + [.job(id)]
        return try topics + noteEnd(ofJob: id, outcome.state)
    }

    fileprivate func claimed(_ condition: String, _ arguments: StatementArguments = []) throws -> [ClaimedJob] {
        let settings = try serverSettings()
        return try all(
            """
            SELECT \(JobRecord.columns), \(BuildRecord.columns), \(ProjectRecord.columns) FROM job
            JOIN build ON build.id = job.buildID JOIN project ON project.id = build.projectID \(condition)
            """, arguments
        ) { columns in
            ClaimedJob(
                job: try JobRecord(&columns), build: try BuildRecord(&columns), project: try ProjectRecord(&columns),
                settings: settings)
        }
    }
}
