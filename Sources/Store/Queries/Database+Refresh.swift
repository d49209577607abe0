import Foundation
internal import GRDB
import Model

/// What a build's state and statuses are derived from; a page of twenty jobs is not worth decoding twenty hooks.
private struct LatestAttempt {
    let id: Int64
    let hook: HookID
    let outcome: JobOutcome
    let startedAt: Date?
    let finishedAt: Date?
    let page: String
    let successor: Int?

    static let query = """
        SELECT id, hook, state, exitCode, reason, startedAt, finishedAt, page, successor, MAX(attempt)
        FROM job WHERE buildID = ? GROUP BY hook ORDER BY hook
        """

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
    }

    func seconds(until now: Date) -> Int {
        startedAt.map { Int((finishedAt ?? now).timeIntervalSince($0)) } ?? 0
    }
}

/// What GitHub should show.
private struct WantedStatus {
    let status: CommitStatus
    /// Whether it says that something waits for a slot.
    let isQueued: Bool

    /// A free slot takes a job within milliseconds. To say "queued" first would be a write more to GitHub, which allows 80
    /// in a minute; a job that really waits says so this much later.
    static let patience: TimeInterval = 0.2
}

extension Database {
    /// Derives the build's state and times from the latest attempts of its jobs, and what GitHub should show from these.
    /// Every transaction that touches a job ends with it.
    ///
    /// - Returns: the topics to notify.
    func refreshBuild(_ id: Int64, at now: Date, pageURL: PageURL? = nil) throws -> [ChangeSignal.Topic] {
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
        if build.state.isFinished, build.finishedAt == nil { build.finishedAt = now }
        try run(
            "UPDATE build SET state = ?, startedAt = ?, finishedAt = ? WHERE id = ?",
            [build.state.rawValue, build.startedAt?.milliseconds, build.finishedAt?.milliseconds, id])
        let wanted = try statuses(of: build, jobs, at: now, pageURL)
        var topics: [ChangeSignal.Topic] = [.builds]
        for status in wanted where try want(status, of: build, at: now) { topics.append(.statuses) }
        // A build of which nothing had to run says nothing new about its ref.
        if !wasFinished, build.state.isFinished, jobs.contains(where: { $0.outcome.state != .skipped }),
            try noteOutcome(of: build, at: now)
        {
            topics.append(.mail)
        }
        return topics
    }

    private func statuses(
        of build: BuildRecord, _ jobs: [LatestAttempt], at now: Date, _ pageURL: PageURL?
    ) throws -> [WantedStatus] {
        let pinned = try first("SELECT statusMode, page FROM build WHERE id = ?", [build.id]) { columns in
            (
                mode: try columns.value(HookSettings.StatusMode.init(rawValue:)),
                page: try columns.next(String.self)
            )
        }
        guard let pinned else { return [] }
        var statuses: [WantedStatus] = []
        let waits = build.awaitsApproval ? "waits for an approval, because it comes from a fork" : nil
        if pinned.mode != .jobs {
            let failed = jobs.filter { $0.outcome.state == .failure || $0.outcome.state == .error }.map(\.hook)
            let seconds = build.startedAt.map { (build.finishedAt ?? now).timeIntervalSince($0) } ?? 0
            let status = CommitStatus.build(
                number: build.number, state: build.state, failed: failed, seconds: Int(seconds),
                reason: waits ?? reason(of: build.state, jobs), known: knownVerdict(jobs),
                targetURL: try successorPage(of: build, cancelled(build.state, jobs), hook: nil)
                    ?? pageURL?(build.number, nil) ?? pinned.page)
            statuses.append(WantedStatus(status: status, isQueued: waits == nil && build.state == .queued))
        }
        if pinned.mode != .build {
            statuses += try jobs.map { job in
                let isHeld = waits != nil && job.outcome.state == .queued
                let status = CommitStatus.job(
                    hook: job.hook, number: build.number,
                    outcome: isHeld ? JobOutcome(state: .queued, reason: waits) : job.outcome,
                    seconds: job.seconds(until: now),
                    targetURL: try successorPage(of: build, job, hook: job.hook) ?? pageURL?(build.number, job.hook)
                        ?? job.page)
                return WantedStatus(status: status, isQueued: !isHeld && job.outcome.state == .queued)
            }
        }
        return statuses
    }

    /// Why a build passed of whose jobs none ran.
    private func knownVerdict(_ jobs: [LatestAttempt]) -> String? {
        let passed = jobs.filter { $0.outcome.state == .success }
        return passed.allSatisfy { $0.outcome.exitCode == nil } ? passed.first?.outcome.reason : nil
    }

    /// The job whose end says why a build was cancelled.
    private func cancelled(_ state: BuildState, _ jobs: [LatestAttempt]) -> LatestAttempt? {
        state == .cancelled ? jobs.first { $0.outcome.state == .cancelled } : nil
    }

    /// What was cancelled for another build leads to that one: there is the verdict that people wait for. Its job of the
    /// same hook, if it has one.
    private func successorPage(of build: BuildRecord, _ job: LatestAttempt?, hook: HookID?) throws -> String? {
        guard let job, job.outcome.state == .cancelled, let number = job.successor else { return nil }
        return try String.fetchOne(
            self,
            sql: """
                SELECT coalesce(
                    (SELECT page FROM job WHERE buildID = build.id AND hook = ? ORDER BY attempt DESC LIMIT 1), page)
                FROM build WHERE projectID = ? AND number = ?
                """, arguments: [hook?.description, build.projectID, number])
    }

    /// Why a build was cancelled, or why none of its jobs had to run.
    private func reason(of state: BuildState, _ jobs: [LatestAttempt]) -> String? {
        switch state {
        case .cancelled: cancelled(state, jobs)?.outcome.reason
        case .success where jobs.allSatisfy { $0.outcome.state == .skipped }:
            jobs.first.map { "\($0.hook): \($0.outcome.reason ?? "not needed")" }
        case .success, .queued, .running, .failure, .error: nil
        }
    }

    /// Puts a status into the outbox, if it says something new. A commit has one status for each context; the newest
    /// build that has the commit decides, so what an older one (the same commit on another ref) wants is passed over.
    private func want(_ wanted: WantedStatus, of build: BuildRecord, at now: Date) throws -> Bool {
        let status = wanted.status
        let sendAt = wanted.isQueued ? now.addingTimeInterval(WantedStatus.patience) : now
        try run(
            """
            INSERT INTO status (projectID, sha, context, buildID, state, description, targetURL, nextTryAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (projectID, sha, context) DO UPDATE SET
                sequence = sequence + 1, buildID = excluded.buildID, state = excluded.state,
                description = excluded.description, targetURL = excluded.targetURL,
                -- A back-off that is under way goes on; after giving up the new status is tried at once.
                nextTryAt = CASE WHEN failures > 0 AND gaveUpSequence <> sequence
                    THEN nextTryAt ELSE excluded.nextTryAt END,
                failures = CASE WHEN gaveUpSequence = sequence THEN 0 ELSE failures END
            WHERE buildID <= excluded.buildID
                AND (buildID, state, description, targetURL)
                    IS NOT (excluded.buildID, excluded.state, excluded.description, excluded.targetURL)
            """,
            [
                build.projectID, build.commit, status.context, build.id, status.state.rawValue, status.description,
                status.targetURL, sendAt.milliseconds,
            ])
        return changesCount > 0
    }
}
