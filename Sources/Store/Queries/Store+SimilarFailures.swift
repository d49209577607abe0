import Foundation
internal import GRDB
import Model

extension Store {
    /// The other jobs of the project that ended as this one did, sooner or later: jobs of other commits, because the same
    /// commit fails in the same way wherever it is built. Of the attempts of one job the last one that ended so counts.
    ///
    /// - Returns: `nil` for a job of which it is not known how its output ended: one that passed, wrote nothing, or whose log
    ///   was deleted.
    public func similarFailures(_ jobID: Int64) async throws(StoreError) -> SimilarFailures? {
        try await database.read { db in
            guard let subject = try db.failureSubject(jobID) else { return nil }
            var looked = 0
            let jobs = try db.all(
                """
                SELECT build.sha, build.isOffHead, build.number, job.hook, job.attempt, build.ref, job.finishedAt FROM (
                    SELECT id FROM job WHERE projectID = ? AND failureForm = ? ORDER BY id DESC LIMIT ?
                ) AS alike CROSS JOIN job ON job.id = alike.id CROSS JOIN build ON build.id = job.buildID
                ORDER BY alike.id DESC
                """, [subject.projectID, subject.form, SimilarFailures.mostCounted + 1]
            ) { columns -> Attempt? in
                looked += 1
                let commit: String = try columns.next()
                let isOffHead: Bool = try columns.next()
                let job = SimilarFailures.Job(
                    build: try columns.next(), hook: try columns.value { HookID($0) }, attempt: try columns.next(),
                    ref: GitRef(try columns.next()), endedAt: try columns.date())
                return commit == subject.commit ? nil : Attempt(job: job, isOffHead: isOffHead)
            }
            return subject.similar(
                Array(jobs.compactMap(\.self).prefix(SimilarFailures.mostCounted)),
                hasMore: looked > SimilarFailures.mostCounted)
        }
    }
}

/// A job that ended alike.
private struct Attempt {
    var job: SimilarFailures.Job
    /// Of a commit that was the ref's head no more: its number does not say when the ref was so.
    var isOffHead: Bool
}

/// The job that others are compared with.
private struct FailureSubject {
    var projectID: Int64
    var form: Data
    var commit: String
    var build: Int
    var isOffHead: Bool
    var mainRef: GitRef?

    /// - Parameter attempts: the newest first.
    func similar(_ attempts: [Attempt], hasMore: Bool) -> SimilarFailures {
        struct Name: Hashable {
            var build: Int
            var hook: HookID
        }
        var names: Set<Name> = []
        let alike = attempts.filter { names.insert(Name(build: $0.job.build, hook: $0.job.hook)).inserted }
        let jobs = alike.map(\.job)
        let before = isOffHead ? [] : alike.filter { !$0.isOffHead && $0.job.ref == mainRef && $0.job.build < build }
        return SimilarFailures(
            count: jobs.count, hasMore: hasMore, firstAt: hasMore ? nil : attempts.map(\.job.endedAt).min(),
            latest: Array(jobs.prefix(SimilarFailures.mostNamed)),
            onDefaultBranch: before.map(\.job).max { $0.build < $1.build })
    }
}

extension Database {
    fileprivate func failureSubject(_ jobID: Int64) throws -> FailureSubject? {
        try first(
            """
            SELECT job.projectID, job.failureForm, build.sha, build.number, build.isOffHead, project.defaultBranch FROM job
            JOIN build ON build.id = job.buildID JOIN project ON project.id = job.projectID
            WHERE job.id = ? AND job.failureForm IS NOT NULL
            """, [jobID]
        ) { columns in
            FailureSubject(
                projectID: try columns.next(), form: try columns.next(), commit: try columns.next(),
                build: try columns.next(), isOffHead: try columns.next(),
                mainRef: try columns.next(String?.self).map { .branch($0) })
        }
    }
}
