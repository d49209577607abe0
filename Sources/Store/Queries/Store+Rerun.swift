import Foundation
internal import GRDB
import Model

extension Store {
    /// Whose configuration a new attempt runs with.
    public enum RerunConfiguration: Sendable, Hashable {
        /// The one that the job had.
        case then
        /// The one that the admin repository has now.
        case now
    }

    /// Queues a new attempt of a job that ended.
    ///
    /// - Throws: `notFound` when the build has no such job, or its hook is no longer declared and the configuration of
    ///   now is asked for; `conflict` when its last attempt has not ended, or the hook runs for no pull request from a
    ///   fork.
    @discardableResult
    public func rerun(
        _ buildID: Int64, _ hook: HookID, with configuration: RerunConfiguration = .then
    ) async throws(StoreError) -> JobRecord {
        let time = now()
        let (record, topics) = try await database.write { db -> (JobRecord, [ChangeSignal.Topic]) in
            let query =
                "SELECT \(JobRecord.columns) FROM job WHERE buildID = ? AND hook = ? ORDER BY attempt DESC LIMIT 1"
            guard let last = try db.first(query, [buildID, hook.description], JobRecord.init) else {
                throw StoreError.notFound("the job \(hook) of build \(buildID)")
            }
            guard last.state.isFinished else {
                throw StoreError.conflict("attempt \(last.attempt) of \(hook) has not ended")
            }
            let queued = try db.rerun(last, with: configuration, at: time)
            let topics = try db.refreshBuild(buildID, at: time)
            guard let job = try db.job(queued.id) else { throw StoreError.notFound("job \(queued.id)") }
            return (job, topics + queued.topics)
        }
        notify(topics)
        return record
    }

    /// Queues new attempts of all jobs of a build that failed, had an error or were cancelled.
    ///
    /// - Returns: the new attempts, by hook; none when nothing failed.
    /// - Throws: `notFound` when there is no such build, or a hook is no longer declared and the configuration of now is
    ///   asked for, `conflict` when one runs for no pull request from a fork: then nothing is queued.
    @discardableResult
    public func rerunFailed(
        _ buildID: Int64, with configuration: RerunConfiguration = .then
    ) async throws(StoreError) -> [JobRecord] {
        let time = now()
        let (records, topics) = try await database.write { db -> ([JobRecord], [ChangeSignal.Topic]) in
            guard try db.build(buildID) != nil else { throw StoreError.notFound("build \(buildID)") }
            let failed = try db.all(JobRecord.latestAttempts, [buildID], JobRecord.init).filter {
                [.failure, .error, .cancelled].contains($0.state)
            }
            let queued = try failed.map { try db.rerun($0, with: configuration, at: time) }
            guard !queued.isEmpty else { return ([], []) }
            let topics = try db.refreshBuild(buildID, at: time)
            return (try queued.compactMap { try db.job($0.id) }, topics + queued.flatMap(\.topics))
        }
        notify(topics)
        return records
    }

    /// Asks for the end of the open jobs of builds.
    ///
    /// - Returns: how many jobs that were.
    @discardableResult
    public func cancelBuilds(_ cancellation: BuildCancellation) async throws(StoreError) -> Int {
        let time = now()
        let (count, topics) = try await database.write { db in
            let ended = try db.cancel(cancellation, at: time)
            return (ended.count, ended.topics)
        }
        notify(topics)
        return count
    }
}

extension Database {
    fileprivate func rerun(
        _ last: JobRecord, with configuration: Store.RerunConfiguration, at time: Date
    ) throws -> QueuedJob {
        let facts = try first(
            """
            SELECT job.projectID, job.page, build.number, build.trusted FROM job JOIN build ON build.id = job.buildID WHERE job.id = ?
            """, [last.id]
        ) { columns in
            (
                projectID: try columns.next(Int64.self), page: try columns.next(String.self),
                number: try columns.next(Int.self), trusted: try columns.next(Bool.self)
            )
        }
        guard let facts else { throw StoreError.notFound("job \(last.id)") }
        var hook = last.config
        if configuration == .now {
            guard let project = try project(facts.projectID), project.isActive,
                let declared = project.config.hook(last.hook)
            else { throw StoreError.notFound("the hook \(last.hook), which is no longer declared") }
            if let build = try build(last.buildID) { try checkSecrets(of: declared, then: last.config, build, project) }
            hook = declared
        }
        guard !hook.refuses(trusted: facts.trusted) else {
            throw StoreError.conflict(
                "the hook \(hook.id) runs for no pull request from a fork: its fork_pull_requests is 'never'")
        }
        return try queueJob(
            hook, buildID: last.buildID, number: facts.number, projectID: facts.projectID, attempt: last.attempt + 1,
            page: facts.page, wish: .person(nil), at: time)
    }

    /// Secrets that the hook did not have when the build was made are opened where a build by hand would open them
    /// (`Hook.mayOpenSecrets`), and for a pull request whose events run the hook.
    private func checkSecrets(
        of hook: Hook, then: Hook, _ build: BuildRecord, _ project: ProjectRecord
    ) throws(StoreError) {
        let added = hook.secrets.keys.filter { then.secrets[$0] == nil }.sorted()
        let main = project.defaultBranch.map(GitRef.branch)
        guard !added.isEmpty, !hook.mayOpenSecrets(on: build.ref, commit: build.commit, main: main),
            build.pullRequest == nil || hook.triggers.pullRequest == nil
        else { return }
        throw .conflict(
            "the hook \(hook.id) has the secret \(added[0]) now, and a push to \(build.ref.shortName) would not run it: run it "
                + "with the configuration of then, or let its on.push name the ref")
    }
}
