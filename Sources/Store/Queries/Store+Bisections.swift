import Foundation
internal import GRDB
import Model

extension Store {
    /// The bisection of a failed attempt; `nil` when nobody asked for one.
    public func bisection(ofJob jobID: Int64) async throws(StoreError) -> BisectionReport? {
        try await database.read { db in
            try db.bisection("bisection.jobID = ?", [jobID]).map { try db.report(on: $0) }
        }
    }

    /// The latest bisection that queued this job; `nil` for a job that ran for other reasons.
    public func bisection(probing jobID: Int64) async throws(StoreError) -> BisectionReport? {
        try await database.read { db in
            try db.bisection(
                """
                bisection.id = (SELECT MAX(bisectionID) FROM bisectionProbe WHERE jobID = ? AND isOwn = 1)
                """, [jobID]
            ).map { try db.report(on: $0) }
        }
    }

    /// The bisections that go on, in the order in which they were asked for.
    public func runningBisections() async throws(StoreError) -> [BisectionReport] {
        try await database.read { db in
            try db.all(
                """
                SELECT \(BisectionRecord.columns) FROM bisection INDEXED BY bisection_running
                WHERE bisection.state = 'running' ORDER BY bisection.id
                """, [], BisectionRecord.init
            ).map { try db.report(on: $0) }
        }
    }

    /// The builds before a job's own in which its hook passed on the same branch, the newest first: of the 500 builds
    /// before it, without those of commits that were no longer the branch's head. The last attempt that passed or failed
    /// counts.
    ///
    /// - Parameter limit: at most so many.
    public func goodEnds(
        before job: JobRecord, of build: BuildRecord, limit: Int
    ) async throws(StoreError) -> [GoodEnd] {
        try await database.read { db in
            try db.lastVerdicts(of: job.hook, before: build, limit: limit, onlyGood: true)
        }
    }
}

extension Database {
    func bisection(_ condition: String, _ arguments: StatementArguments) throws -> BisectionRecord? {
        try first(
            "SELECT \(BisectionRecord.columns) FROM bisection WHERE \(condition)", arguments, BisectionRecord.init)
    }

    /// The last job of a hook that passed or failed in each build before one on its ref.
    func lastVerdicts(
        of hook: HookID, before build: BuildRecord, limit: Int, onlyGood: Bool
    ) throws -> [GoodEnd] {
        try all(
            """
            SELECT \(BuildRecord.columns), \(JobRecord.columns) FROM (
                SELECT id FROM build WHERE projectID = ?1 AND ref = ?2 AND number < ?3 AND isOffHead = 0 AND trusted = 1
                ORDER BY number DESC LIMIT 500
            ) AS known CROSS JOIN build ON build.id = known.id CROSS JOIN job ON job.buildID = build.id
            WHERE job.hook = ?4 AND job.state IN ('success', 'failure') AND (job.state = 'success' OR NOT ?5)
                AND NOT EXISTS (
                    SELECT 1 FROM job AS later WHERE later.buildID = job.buildID AND later.hook = job.hook
                        AND later.attempt > job.attempt AND later.state IN ('success', 'failure'))
            ORDER BY build.number DESC LIMIT ?6
            """,
            [build.projectID, build.ref.description, build.number, hook.description, onlyGood, limit]
        ) { columns in GoodEnd(build: try BuildRecord(&columns), job: try JobRecord(&columns)) }
    }

    func report(on record: BisectionRecord) throws -> BisectionReport {
        guard let bad = try job(record.jobID), let badBuild = try build(bad.buildID) else {
            throw StoreError.notFound("job \(record.jobID)")
        }
        var verdicts = try verdicts(for: record, bad: bad)
        let probes = try probes(of: record, verdicts)
        for (commit, probe) in Dictionary(probes.map { ($0.commit, $0) }, uniquingKeysWith: { $1 })
        where verdicts[commit] == nil && probe.verdict == .untestable {
            verdicts[commit] = .untestable
        }
        let search = Bisection(
            good: record.good, needsProof: record.needsProof, candidates: record.candidates, verdicts: verdicts)
        return BisectionReport(record: record, bad: bad, badBuild: badBuild.number, probes: probes, search: search)
    }

    /// What jobs said of the commits that ran as the bad one did: the last one of each commit. Of the bad commit only those
    /// that ran after it count.
    private func verdicts(for record: BisectionRecord, bad: JobRecord) throws -> [String: Bisection.Verdict] {
        var verdicts: [String: Bisection.Verdict] = [:]
        let commits = try JSONColumn.text([record.good] + record.candidates.map(\.id))
        let jobs = try all(
            """
            SELECT build.sha, job.id, job.state, job.config FROM json_each(?1) AS commits
            CROSS JOIN build INDEXED BY build_by_commit ON build.sha = commits.value
            CROSS JOIN job ON job.buildID = build.id
            WHERE build.projectID = ?2 AND build.trusted = 1 AND job.hook = ?3 AND job.state IN ('success', 'failure')
            ORDER BY job.id
            """, [commits, record.projectID, record.hook.description]
        ) { columns in
            (
                commit: try columns.next(String.self), id: try columns.next(Int64.self),
                state: try columns.value(JobState.init(rawValue:)), hook: try JSONColumn.hook(columns.next())
            )
        }
        for job in jobs where job.hook.doesSameWork(as: bad.config) {
            guard job.commit != record.bad || job.id > record.jobID else { continue }
            verdicts[job.commit] = job.state == .success ? .good : .bad
        }
        return verdicts
    }

    /// - Parameter verdicts: a rerun of a probe that said nothing may have said something.
    private func probes(
        of record: BisectionRecord, _ verdicts: [String: Bisection.Verdict]
    ) throws -> [BisectionProbe] {
        try all(
            """
            SELECT build.sha, build.number, job.id, job.attempt, job.state, job.reason, job.isOvertaken,
                job.startedAt, job.finishedAt
            FROM bisectionProbe CROSS JOIN job ON job.id = bisectionProbe.jobID
            CROSS JOIN build ON build.id = job.buildID
            WHERE bisectionProbe.bisectionID = ? ORDER BY bisectionProbe.id
            """, [record.id]
        ) { columns in
            var probe = BisectionProbe(
                commit: try columns.next(), build: try columns.next(), jobID: try columns.next(),
                attempt: try columns.next(), state: try columns.value(JobState.init(rawValue:)),
                reason: try columns.next())
            let isOvertaken = try columns.next(Bool.self)
            probe.startedAt = try columns.dateIfAny()
            probe.finishedAt = try columns.dateIfAny()
            probe.isOvertaken = probe.state == .cancelled && isOvertaken
            switch probe.state {
            case .queued, .running: break
            case .success: probe.verdict = verdicts[probe.commit] == nil ? .untestable : .good
            case .failure: probe.verdict = verdicts[probe.commit] == nil ? .untestable : .bad
            case .error, .cancelled, .skipped: probe.verdict = probe.isOvertaken ? nil : .untestable
            }
            return probe
        }
    }
}
