internal import GRDB
import Model

/// A job that ran and passed.
public struct PassedJob: Sendable, Hashable {
    /// The job.
    public var job: JobRecord
    /// Its build.
    public var build: BuildRecord

    /// Memberwise.
    public init(job: JobRecord, build: BuildRecord) {
        self.job = job
        self.build = build
    }
}

extension Store {
    /// The attempts of a hook that ran and passed on a ref before a job, the newest build first: of the 500 builds before
    /// it, without those of commits that were no longer the ref's head. An earlier attempt of the job's own build counts.
    /// Jobs that took over a verdict ran nothing, and do not.
    ///
    /// - Parameters:
    ///   - job: the one before which they passed, of the build `number`, which may be of another ref.
    ///   - limit: at most so many.
    public func passedJobs(
        _ projectID: Int64, ref: GitRef, before job: JobRecord, ofBuild number: Int, limit: Int
    ) async throws(StoreError) -> [PassedJob] {
        try await database.read { db in
            try db.all(
                """
                SELECT \(JobRecord.columns), \(BuildRecord.columns) FROM (
                    SELECT id FROM build WHERE projectID = ?1 AND ref = ?2 AND number <= ?3
                        AND (isOffHead = 0 OR number = ?3)
                    ORDER BY number DESC LIMIT 500
                ) AS known CROSS JOIN build ON build.id = known.id CROSS JOIN job ON job.buildID = build.id
                WHERE job.hook = ?4 AND job.state = 'success' AND job.exitCode IS NOT NULL
                    AND (build.number < ?3 OR job.attempt < ?5)
                ORDER BY build.number DESC, job.attempt DESC LIMIT ?6
                """,
                [projectID, ref.description, number, job.hook.description, job.attempt, limit]
            ) { columns in PassedJob(job: try JobRecord(&columns), build: try BuildRecord(&columns)) }
        }
    }
}
