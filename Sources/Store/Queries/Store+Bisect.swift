import Foundation
internal import GRDB
import Model

extension Store {
    /// Begins a bisection, unless the attempt has one.
    ///
    /// - Returns: the bisection, and whether it is new.
    /// - Throws: `notFound` when the job is gone, `conflict` when it is no failure.
    public func startBisection(
        _ new: NewBisection
    ) async throws(StoreError) -> (report: BisectionReport, isNew: Bool) {
        let time = now()
        let (report, isNew) = try await database.write { db in
            let isNew = try db.insert(new, at: time)
            try db.run("DELETE FROM wantedBisection WHERE jobID = ?", [new.job.id])
            guard let record = try db.bisection("bisection.jobID = ?", [new.job.id]) else {
                throw StoreError.notFound("job \(new.job.id)")
            }
            return (try db.report(on: record), isNew)
        }
        if isNew { notify([.bisections, .builds, .job(new.job.id)]) }
        return (report, isNew)
    }

    /// Queues the job of a bisection that builds a commit, or takes the one that is open already, if it does the same work.
    /// The job and the note of it are one transaction.
    ///
    /// - Parameter build: of that commit, with the hook of the failed attempt.
    /// - Returns: the bisection's open probe; `nil` when it does not go on, or an open job of the commit that does other work
    ///   has to end first.
    @discardableResult
    public func probe(_ bisectionID: Int64, _ build: NewBuild) async throws(StoreError) -> BisectionProbe? {
        let time = now()
        let (probe, topics) = try await database.write { db in try db.probe(bisectionID, build, at: time) }
        notify(topics)
        return probe
    }

    /// Ends a bisection that goes on.
    ///
    /// - Parameters:
    ///   - culprits: of `found` and `narrowed`, newest first.
    ///   - reason: of the others, one sentence.
    /// - Returns: false when it had ended.
    @discardableResult
    public func finishBisection(
        _ id: Int64, _ state: BisectionState, culprits: [String] = [], reason: String? = nil
    ) async throws(StoreError) -> Bool {
        let time = now()
        let topics = try await database.write { db in
            try db.finishBisection(id, state, culprits: culprits, reason: reason, at: time)
        }
        notify(topics)
        return !topics.isEmpty
    }

    /// Ends the bisection of a failed attempt because somebody wants that, and what it is building. One that has ended
    /// stays as it is.
    ///
    /// - Returns: the bisection.
    /// - Throws: `notFound` when there is none.
    @discardableResult
    public func stopBisection(ofJob jobID: Int64, by login: String) async throws(StoreError) -> BisectionReport {
        let time = now()
        let (report, topics) = try await database.write { db -> (BisectionReport, [ChangeSignal.Topic]) in
            guard let record = try db.bisection("bisection.jobID = ?", [jobID]) else {
                throw StoreError.notFound("the bisection of job \(jobID)")
            }
            let reason = "stopped by \(login)"
            var topics = try db.finishBisection(record.id, .stopped, culprits: [], reason: reason, at: time)
            if !topics.isEmpty { topics += try db.cancelProbes(of: record.id, reason: reason, at: time) }
            return (
                try db.bisection("bisection.id = ?", [record.id]).map { try db.report(on: $0) }
                    ?? db.report(on: record), topics
            )
        }
        notify(topics)
        return report
    }

    /// The failed attempts that nobody decided about, oldest first.
    public func wantedBisections() async throws(StoreError) -> [WantedBisection] {
        try await database.read { db in
            let ids = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT jobID FROM wantedBisection ORDER BY jobID LIMIT 100"))
            return try ids.compactMap { id in
                guard let job = try db.job(id), let build = try db.build(job.buildID),
                    let project = try db.project(build.projectID)
                else { return nil }
                return WantedBisection(
                    job: job, build: build, project: project, good: try db.turningPoint(job, build, project))
            }
        }
    }

    /// Decides that an attempt is not searched for by itself.
    public func dropWantedBisection(_ jobID: Int64) async throws(StoreError) {
        try await database.write { db in try db.run("DELETE FROM wantedBisection WHERE jobID = ?", [jobID]) }
    }

    /// Whether a bisection queued this job.
    public func isProbe(_ jobID: Int64) async throws(StoreError) -> Bool {
        try await database.read { db in try db.isProbe(jobID) }
    }
}

extension Database {
    func isProbe(_ jobID: Int64) throws -> Bool {
        try first("SELECT EXISTS (SELECT 1 FROM bisectionProbe WHERE jobID = ? AND isOwn = 1)", [jobID]) { columns in
            try columns.next(Bool.self)
        } ?? false
    }

    /// What a job's end means for bisections: one that goes on may have waited for it, another may be wanted now.
    func noteEnd(ofJob id: Int64, _ state: JobState) throws -> [ChangeSignal.Topic] {
        if state == .failure {
            try run(
                """
                INSERT INTO wantedBisection (jobID)
                SELECT job.id FROM job CROSS JOIN build ON build.id = job.buildID
                    CROSS JOIN project ON project.id = build.projectID
                WHERE job.id = ? AND json_extract(job.config, '$.settings.bisect') = 'auto'
                    AND build.trusted = 1 AND build.isOffHead = 0 AND build.ref = 'refs/heads/' || project.defaultBranch
                """, [id])
            if changesCount > 0 { return [.bisections] }
        }
        let isAwaited = try first(
            """
            SELECT EXISTS (
                SELECT 1 FROM job CROSS JOIN bisection INDEXED BY bisection_running
                    ON bisection.projectID = job.projectID AND bisection.hook = job.hook AND bisection.state = 'running'
                WHERE job.id = ?)
            """, [id]
        ) { columns in try columns.next(Bool.self) }
        return isAwaited == true ? [.bisections] : []
    }

    /// The last verdict before a failed attempt, if that is a success and the attempt is what its branch has now. When the
    /// job was searched before, to run it again is no wish for more.
    fileprivate func turningPoint(_ job: JobRecord, _ build: BuildRecord, _ project: ProjectRecord) throws -> GoodEnd? {
        let isNewest = try first(
            """
            SELECT NOT EXISTS (
                    SELECT 1 FROM build WHERE projectID = ?1 AND ref = ?2 AND number > ?3 AND isOffHead = 0)
                AND NOT EXISTS (SELECT 1 FROM job WHERE buildID = ?4 AND hook = ?5 AND attempt > ?6)
                AND NOT EXISTS (
                    SELECT 1 FROM job CROSS JOIN bisection ON bisection.jobID = job.id
                    WHERE job.buildID = ?4 AND job.hook = ?5)
            """,
            [
                build.projectID, build.ref.description, build.number, build.id, job.hook.description, job.attempt,
            ]
        ) { columns in try columns.next(Bool.self) }
        guard isNewest == true, project.isActive, job.state == .failure,
            let last = try lastVerdicts(of: job.hook, before: build, limit: 1, onlyGood: false).first,
            last.job.state == .success
        else { return nil }
        return last
    }

    /// - Returns: false when the attempt has one.
    fileprivate func insert(_ new: NewBisection, at time: Date) throws -> Bool {
        guard let job = try job(new.job.id) else { throw StoreError.notFound("job \(new.job.id)") }
        guard job.state == .failure else {
            throw StoreError.conflict("attempt \(job.attempt) of \(job.hook) did not fail")
        }
        try run(
            """
            INSERT INTO bisection (jobID, projectID, hook, ref, good, goodBuild, needsProof, bad, candidates, startedBy,
                createdAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (jobID) DO NOTHING
            """,
            [
                job.id, new.build.projectID, job.hook.description, new.build.ref.description, new.good.build.commit,
                new.good.build.number, !new.good.job.config.doesSameWork(as: job.config), new.build.commit,
                try JSONColumn.text(new.candidates), new.startedBy, time.milliseconds,
            ])
        return changesCount > 0
    }

    fileprivate func probe(
        _ bisectionID: Int64, _ new: NewBuild, at time: Date
    ) throws -> (BisectionProbe?, [ChangeSignal.Topic]) {
        guard let record = try bisection("bisection.id = ?", [bisectionID]), record.state == .running else {
            return (nil, [])
        }
        if let open = try report(on: record).openProbe { return (open, []) }
        var topics: [ChangeSignal.Topic] = [.builds, .job(record.jobID)]
        let open = try openJob(of: record, new)
        if let open, let hook = new.hooks.first, !open.config.doesSameWork(as: hook) { return (nil, []) }
        if open == nil {
            var new = new
            new.isProbe = true
            new.isOffHead = true
            new.runsAgain = true
            topics += try make(new, at: time)?.topics ?? []
        }
        guard let job = try open ?? openJob(of: record, new) else {
            throw StoreError.notFound("the job that was queued for \(new.event.commit)")
        }
        try run(
            "INSERT INTO bisectionProbe (bisectionID, jobID, isOwn) VALUES (?, ?, ?)",
            [bisectionID, job.id, open == nil])
        return (try report(on: record).openProbe, topics)
    }

    /// The job of the hook that the commit's build has open and nobody asked to end.
    private func openJob(of record: BisectionRecord, _ new: NewBuild) throws -> JobRecord? {
        try first(
            """
            SELECT \(JobRecord.columns) FROM build CROSS JOIN job ON job.buildID = build.id
            WHERE build.projectID = ? AND build.ref = ? AND build.sha = ? AND job.hook = ?
                AND job.state IN ('queued', 'running') AND job.cancelReason IS NULL
            ORDER BY job.attempt DESC LIMIT 1
            """,
            [record.projectID, new.event.ref.description, new.event.commit, record.hook.description], JobRecord.init)
    }

    fileprivate func finishBisection(
        _ id: Int64, _ state: BisectionState, culprits: [String], reason: String?, at time: Date
    ) throws -> [ChangeSignal.Topic] {
        let jobID = try Int64.fetchOne(
            cachedStatement(
                sql: """
                    UPDATE bisection SET state = ?, culprits = ?, reason = ?, finishedAt = ?
                    WHERE id = ? AND state = 'running' RETURNING jobID
                    """), arguments: [state.rawValue, try JSONColumn.text(culprits), reason, time.milliseconds, id])
        guard let jobID else { return [] }
        let topics: [ChangeSignal.Topic] = [.bisections, .builds, .job(jobID)]
        guard state == .found || state == .narrowed else { return topics }
        // Of a single commit nobody needs to be told.
        try run(
            """
            INSERT INTO buildNews (buildID, outcome, happenedAt, bisectionID)
            SELECT job.buildID, 'failure', ?, bisection.id FROM bisection CROSS JOIN job ON job.id = bisection.jobID
            WHERE bisection.id = ? AND json_array_length(bisection.candidates) > 1
            """, [time.milliseconds, id])
        return topics + [.mail]
    }

    /// The address of the author of the only commit that did it, which was built, because it failed.
    func culpritsEmail(_ record: BisectionRecord) throws -> String? {
        guard record.culprits.count == 1 else { return nil }
        return try first(
            """
            SELECT authorEmail FROM build INDEXED BY build_by_commit WHERE sha = ? AND projectID = ?
            ORDER BY id DESC LIMIT 1
            """, [record.culprits[0], record.projectID]
        ) { columns in try columns.next(String?.self) }.flatMap(\.self)
    }

    /// Of what it queued itself and no other bisection waits for.
    fileprivate func cancelProbes(of id: Int64, reason: String, at time: Date) throws -> [ChangeSignal.Topic] {
        let jobs = try Int64.fetchAll(
            cachedStatement(
                sql: """
                    SELECT probe.jobID FROM bisectionProbe AS probe CROSS JOIN job ON job.id = probe.jobID
                    WHERE probe.bisectionID = ?1 AND probe.isOwn = 1 AND job.state IN ('queued', 'running')
                        AND NOT EXISTS (
                            SELECT 1 FROM bisectionProbe AS other CROSS JOIN bisection ON bisection.id = other.bisectionID
                            WHERE other.jobID = probe.jobID AND other.bisectionID <> ?1 AND bisection.state = 'running')
                    """), arguments: [id])
        return try jobs.flatMap { try requestCancel($0, reason: reason, at: time) ?? [] }
    }
}
