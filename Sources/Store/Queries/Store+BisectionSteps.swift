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
