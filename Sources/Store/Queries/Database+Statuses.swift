import Foundation
internal import GRDB
import Model

/// What GitHub should show, and the build that says so.
private struct WantedStatus {
    let status: CommitStatus
    let build: BuildRecord
    /// Whether it says that something waits for a slot.
    let isQueued: Bool

    /// A free slot takes a job within milliseconds. To say "queued" first would be a write more to GitHub, which allows 80
    /// in a minute; a job that really waits says so this much later.
    static let patience: TimeInterval = 0.2
}

/// Which of a commit's builds, one for each of its refs, speaks for it in a context.
private enum Verdict {
    static let build = """
        SELECT build.id, build.page FROM build INDEXED BY build_of_commit
        WHERE build.projectID = ? AND build.sha = ? AND build.statusMode <> 'jobs'
        ORDER BY \(rank(of: "build", whenHeld: isBuildHeld, whenOvertaken: isBuildOvertaken)), build.number DESC
        LIMIT 1
        """

    /// Of each build the latest attempt counts, if one of the attempts reports by itself.
    static let job = """
        SELECT build.id, job.id FROM build INDEXED BY build_of_commit
        CROSS JOIN job ON job.buildID = build.id AND job.hook = ?3
        WHERE build.projectID = ?1 AND build.sha = ?2 AND build.statusMode <> 'build' AND job.attempt = (
            SELECT MAX(latest.attempt) FROM job AS latest WHERE latest.buildID = build.id AND latest.hook = ?3
            GROUP BY latest.hook HAVING SUM(latest.statusMode <> 'build') > 0)
        ORDER BY \(rank(of: "job", whenHeld: isJobHeld, whenOvertaken: "job.isOvertaken")), build.number DESC LIMIT 1
        """

    private static let isJobHeld = "job.state = 'queued' AND job.needsApproval AND build.approvedBy IS NULL"

    /// Nothing of the build goes on before somebody approves the commit.
    private static let isBuildHeld = """
        build.needsApproval AND build.approvedBy IS NULL AND NOT EXISTS (SELECT 1 FROM job AS other
            WHERE other.buildID = build.id AND other.state IN ('queued', 'running') AND other.needsApproval = 0)
        """

    /// Only events ended it, of other builds of the commit.
    private static let isBuildOvertaken = """
        NOT EXISTS (SELECT 1 FROM job AS other
            WHERE other.buildID = build.id AND other.state = 'cancelled' AND other.isOvertaken = 0)
        """

    /// The lowest is shown: what goes on, what failed, what passed as a commit of the repository's own, what waits for an
    /// approval, what passed as a fork's, what somebody cancelled, what had nothing to run, and last what an event ended.
    ///
    /// An approval may never come: it hides no failure, and nothing that is known of a commit of ours, or a stranger
    /// could hold up others by giving away their commit. Of a fork's own builds it hides what passed, or its author could
    /// get round it by a pull request into another branch, where less is to be run.
    private static func rank(of table: String, whenHeld isHeld: String, whenOvertaken isOvertaken: String) -> String {
        """
        CASE WHEN \(table).state IN ('queued', 'running')
                THEN CASE WHEN \(isHeld) THEN 3 ELSE 0 END
            WHEN \(table).state IN ('failure', 'error') THEN 1
            -- Of what was skipped nothing was started.
            WHEN \(table).state = 'success' AND \(table).startedAt IS NOT NULL
                THEN CASE WHEN build.trusted THEN 2 ELSE 4 END
            WHEN \(table).state = 'cancelled' THEN CASE WHEN \(isOvertaken) THEN 7 ELSE 5 END
            ELSE 6 END
        """
    }
}

extension Database {
    /// Puts into the outbox what GitHub should show of a build's commit, in the contexts that the build reports in.
    ///
    /// A commit has one status for each context, and as many builds as refs. A status is derived from all of them, so that
    /// a commit that failed stays so when another ref passes with less to do. A build by hand of a commit that is no
    /// longer a head counts too: it says nothing about the ref, but it does about the commit.
    ///
    /// - Parameter changed: the only job of the build that may say something new; `nil` for all.
    /// - Returns: whether there is something to send.
    func wantStatuses(
        of build: BuildRecord, _ jobs: [LatestAttempt], changed: Int64?, at now: Date, _ pageURL: PageURL?
    ) throws -> Bool {
        var wanted: [WantedStatus] = []
        if jobs.contains(where: \.reportsBuild), let status = try verdict(for: build, jobs, at: now, pageURL) {
            wanted.append(status)
        }
        for job in jobs where job.reportsJob && (changed == nil || changed == job.id) {
            wanted.append(try verdict(for: build, job, at: now, pageURL))
        }
        var isNews = false
        for status in wanted where try want(status, at: now) { isNews = true }
        return isNews
    }

    private func verdict(
        for build: BuildRecord, _ jobs: [LatestAttempt], at now: Date, _ pageURL: PageURL?
    ) throws -> WantedStatus? {
        let decisive = try first(Verdict.build, [build.projectID, build.commit]) { columns in
            (id: try columns.next(Int64.self), page: try columns.next(String.self))
        }
        guard let decisive else { return nil }
        var (build, jobs) = (build, jobs)
        if decisive.id != build.id, let other = try self.build(decisive.id) {
            (build, jobs) = (other, try all(LatestAttempt.query, [other.id], LatestAttempt.init))
        }
        let hold = Self.hold(of: build, jobs)
        let failed = jobs.filter { $0.outcome.state == .failure || $0.outcome.state == .error }.map(\.hook)
        let seconds = build.startedAt.map { (build.finishedAt ?? now).timeIntervalSince($0) } ?? 0
        let status = CommitStatus.build(
            number: build.number, state: build.state, failed: failed, seconds: Int(seconds),
            reason: hold ?? reason(of: build.state, jobs), known: knownVerdict(jobs),
            targetURL: try successorPage(of: build, cancelled(build.state, jobs), hook: nil)
                ?? pageURL?(build.number, nil) ?? decisive.page)
        return WantedStatus(status: status, build: build, isQueued: hold == nil && build.state == .queued)
    }

    private func verdict(
        for build: BuildRecord, _ job: LatestAttempt, at now: Date, _ pageURL: PageURL?
    ) throws -> WantedStatus {
        let decisive = try first(Verdict.job, [build.projectID, build.commit, job.hook.description]) { columns in
            (build: try columns.next(Int64.self), job: try columns.next(Int64.self))
        }
        var (build, job) = (build, job)
        if let decisive, decisive.job != job.id, let other = try self.build(decisive.build),
            let decisive = try first(LatestAttempt.single, [decisive.job], LatestAttempt.init)
        {
            (build, job) = (other, decisive)
        }
        let hold = build.awaitsApproval && job.isHeld ? Self.hold(for: "") : nil
        let status = CommitStatus.job(
            hook: job.hook, number: build.number,
            outcome: hold == nil ? job.outcome : JobOutcome(state: .queued, reason: hold),
            seconds: job.seconds(until: now),
            targetURL: try successorPage(of: build, job, hook: job.hook) ?? pageURL?(build.number, job.hook)
                ?? job.page)
        return WantedStatus(status: status, build: build, isQueued: hold == nil && job.outcome.state == .queued)
    }

    private static func hold(for what: String) -> String {
        "waits for an approval\(what), because it comes from a fork"
    }

    /// What a build waits for whose open jobs all wait for an approval.
    private static func hold(of build: BuildRecord, _ jobs: [LatestAttempt]) -> String? {
        let held = jobs.filter(\.isHeld)
        guard build.awaitsApproval, jobs.allSatisfy({ $0.outcome.state.isFinished || $0.isHeld }) else { return nil }
        let names = held.map(\.hook.description).joined(separator: ", ")
        return hold(for: held.count == jobs.count ? "" : " of \(names)")
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
            cachedStatement(
                sql: """
                    SELECT coalesce(
                        (SELECT page FROM job WHERE buildID = build.id AND hook = ? ORDER BY attempt DESC LIMIT 1), page)
                    FROM build WHERE projectID = ? AND number = ?
                    """), arguments: [hook?.description, build.projectID, number])
    }

    /// Why a build was cancelled, or why none of its jobs had to run.
    private func reason(of state: BuildState, _ jobs: [LatestAttempt]) -> String? {
        switch state {
        case .cancelled: cancelled(state, jobs)?.outcome.reason
        case .success where jobs.allSatisfy { $0.outcome.state == .skipped }:
            jobs.isEmpty ? nil : CommitStatus.skipped(jobs.map { ($0.hook, $0.outcome.reason) })
        case .success, .queued, .running, .failure, .error: nil
        }
    }

    /// Puts a status into the outbox, if it says something new.
    private func want(_ wanted: WantedStatus, at now: Date) throws -> Bool {
        let (status, build) = (wanted.status, wanted.build)
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
            WHERE (buildID, state, description, targetURL)
                IS NOT (excluded.buildID, excluded.state, excluded.description, excluded.targetURL)
            """,
            [
                build.projectID, build.commit, status.context, build.id, status.state.rawValue, status.description,
                status.targetURL, sendAt.milliseconds,
            ])
        return changesCount > 0
    }
}
