import Foundation
internal import GRDB
import Model

/// What a build's state and statuses are derived from; a page of twenty jobs is not worth decoding twenty hooks.
struct LatestAttempt {
    let id: Int64
    let hook: HookID
    let outcome: JobOutcome
    let startedAt: Date?
    let finishedAt: Date?
    let page: String
    let successor: Int?
    let needsApproval: Bool
    /// Whether it reports with its build, and by itself. Of a build's jobs each attempt counts: what GitHub shows once has to
    /// be kept right, also when a later attempt runs with another configuration.
    let reportsBuild: Bool
    let reportsJob: Bool

    private static let columns = """
        id, hook, state, exitCode, reason, startedAt, finishedAt, page, successor, needsApproval, \
        SUM(statusMode <> 'jobs') > 0, SUM(statusMode <> 'build') > 0
        """

    /// Those of a build.
    static let query = "SELECT \(columns), MAX(attempt) FROM job WHERE buildID = ? GROUP BY hook ORDER BY hook"

    /// One by its number.
    static let single = "SELECT \(columns) FROM job WHERE id = ?"

    init(_ columns: inout Columns) throws {
        id = try columns.next()
        hook = try columns.value { HookID($0) }
        outcome = JobOutcome(
            state: try columns.value(JobState.init(rawValue:)), exitCode: try columns.next(),
            reason: try columns.next())
        startedAt = try columns.dateIfAny()
        finishedAt = try columns.dateIfAny()
        page = try columns.next()
        successor = try columns.next()
        needsApproval = try columns.next()
        reportsBuild = try columns.next()
        reportsJob = try columns.next()
    }

    /// Whether it waits for an approval, unless somebody approved the commit.
    var isHeld: Bool { needsApproval && outcome.state == .queued }

    func seconds(until now: Date) -> Int {
        startedAt.map { Int((finishedAt ?? now).timeIntervalSince($0)) } ?? 0
    }
}

extension Database {
    /// Derives the build's state and times from the latest attempts of its jobs, how its ref is by it and by those after it,
    /// and what GitHub should show of its commit. Every transaction that touches a job ends with it.
    ///
    /// - Parameter changed: the only job that the transaction touched; `nil` for several. The statuses of other jobs are
    ///   not looked at then.
    /// - Returns: the topics to notify.
    func refreshBuild(
        _ id: Int64, changed: Int64? = nil, at now: Date, pageURL: PageURL? = nil
    ) throws -> [ChangeSignal.Topic] {
        guard var build = try build(id) else { throw StoreError.notFound("build \(id)") }
        let jobs = try all(LatestAttempt.query, [id], LatestAttempt.init)
        let wasFinished = build.state.isFinished
        build.state = BuildState(jobs: jobs.map(\.outcome.state))
        if wasFinished, !build.state.isFinished {
            // Run again: from here on the times are those of the new run.
            build.startedAt = nil
            build.finishedAt = nil
        }
        if build.startedAt == nil, !wasFinished || !build.state.isFinished {
            build.startedAt = jobs.filter { $0.outcome.state == .running }.compactMap(\.startedAt).min()
        }
        if build.state.isFinished, build.finishedAt == nil {
            // The last job may have ended before anybody saw it.
            build.finishedAt = jobs.compactMap(\.finishedAt).max() ?? now
        }
        build.needsApproval = jobs.contains(where: \.isHeld)
        build.older = try olderStanding(of: build, jobs.map { ($0.hook, $0.outcome.state) })
        try run(
            """
            UPDATE build SET state = ?, startedAt = ?, finishedAt = ?, needsApproval = ?, statusMode = ?, standing = ?,
                standingNumber = ? WHERE id = ?
            """,
            [
                build.state.rawValue, build.startedAt?.milliseconds, build.finishedAt?.milliseconds,
                build.needsApproval, Self.statusMode(jobs).rawValue, build.older?.state.rawValue,
                build.older?.number, id,
            ])
        try refreshStandings(after: build)
        var topics: [ChangeSignal.Topic] = [.builds]
        if try wantStatuses(of: build, jobs, changed: changed, at: now, pageURL) { topics.append(.statuses) }
        // A build of which nothing had to run says nothing new about its ref, nor does what is built to search for a commit.
        if !wasFinished, build.state.isFinished, jobs.contains(where: { $0.outcome.state != .skipped }),
            try changed.map({ try !isProbe($0) }) ?? true, try noteOutcome(of: build, at: now)
        {
            topics.append(.mail)
        }
        return topics
    }

    /// What a build reports, as its jobs want it.
    private static func statusMode(_ jobs: [LatestAttempt]) -> HookSettings.StatusMode {
        guard jobs.contains(where: \.reportsJob) else { return .build }
        return jobs.contains(where: \.reportsBuild) ? .both : .jobs
    }
}
