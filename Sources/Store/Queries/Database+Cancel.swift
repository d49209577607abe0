import Foundation
internal import GRDB
import Model

/// Jobs that were asked to end, and who wants to know.
struct EndedJobs {
    var count = 0
    var topics: [ChangeSignal.Topic] = []
    /// For the delivery's sentence.
    var note: String?
}

/// What goes on although its pull request was closed.
private struct StillWanted {
    var builds: Set<Int64> = []
    var jobs: Set<Int64> = []
    /// For the delivery's sentence.
    var notes: [String] = []
}

extension Database {
    /// Asks for a job's end. One in the queue is cancelled at once; a running one has its `cancelReason` set.
    ///
    /// - Parameter successor: the number of the build that the job makes room for.
    /// - Returns: the topics to notify; `nil` when the job had ended already.
    func requestCancel(
        _ jobID: Int64, reason: String, successor: Int? = nil, at time: Date
    ) throws -> [ChangeSignal.Topic]? {
        switch try state(ofJob: jobID) {
        case .queued:
            let outcome = JobOutcome(state: .cancelled, reason: reason)
            return try finish(jobID, outcome, cancelReason: reason, successor: successor, at: time, pageURL: nil)
        case .running:
            try run(
                "UPDATE job SET cancelReason = ?, successor = ? WHERE id = ? AND cancelReason IS NULL",
                [reason, successor, jobID])
            return changesCount > 0 ? [.builds, .job(jobID), .cancellation(jobID)] : []
        case .success, .failure, .error, .cancelled, .skipped:
            return nil
        }
    }

    /// Asks for a job's end because of an event, which a later event of its build may take back.
    ///
    /// - Parameter happenedAt: when the event happened by GitHub's clock, in seconds since 1970, if that is known.
    func overtake(
        _ jobID: Int64, reason: String, successor: Int? = nil, happenedAt: Int64?, at time: Date
    ) throws -> [ChangeSignal.Topic]? {
        let topics = try requestCancel(jobID, reason: reason, successor: successor, at: time)
        if topics?.isEmpty == false {
            try run("UPDATE job SET isOvertaken = 1, overtakenAt = ? WHERE id = ?", [happenedAt, jobID])
        }
        return topics
    }

    /// Asks for the end of all jobs of the builds.
    func cancel(_ wanted: BuildCancellation, at time: Date) throws -> EndedJobs {
        var ids: [Int64]
        let isOvertaken: Bool
        var goOn = StillWanted()
        switch wanted.builds {
        case .build(let id): (ids, isOvertaken) = ([id], false)
        case .ref(let ref):
            isOvertaken = true
            ids = try openBuilds(
                wanted.projectID, "build.ref = ? AND \(Self.isNotLater)", [ref.description, wanted.happenedAt])
        case .pullRequest(let number):
            isOvertaken = true
            try notePullRequestClosed(wanted.projectID, number, happenedAt: wanted.happenedAt, at: time)
            ids = try openBuilds(
                wanted.projectID, "build.pullRequest = ? AND \(Self.isNotLater) AND \(Self.isNotOnDefaultBranch)",
                [number, wanted.happenedAt])
            goOn = try stillWanted(ids, without: number, of: wanted.projectID)
            ids.removeAll { goOn.builds.contains($0) }
        }
        var ended = try cancelJobs(
            of: ids, except: goOn.jobs, reason: wanted.reason, isOvertaken: isOvertaken,
            happenedAt: wanted.happenedAt, at: time)
        let cancelled = ended.count == 0 ? [] : ["\(ended.count) job\(ended.count == 1 ? "" : "s") cancelled"]
        let notes = cancelled + goOn.notes
        ended.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
        if !goOn.builds.isEmpty { ended.topics.append(.builds) }
        return ended
    }

    /// What somebody else wants of a closed pull request's builds. A build has the number of one pull request; when
    /// another one of the same branch is open, the build is that one's from now on.
    private func stillWanted(_ builds: [Int64], without number: Int, of projectID: Int64) throws -> StillWanted {
        var wanted = StillWanted()
        for id in builds {
            guard let build = try build(id) else { continue }
            let other = try Int.fetchOne(
                cachedStatement(
                    sql: """
                        SELECT number FROM pullRequest INDEXED BY pullRequest_open
                        WHERE projectID = ? AND isOpen = 1 AND ref = ? AND number <> ? ORDER BY number LIMIT 1
                        """), arguments: [projectID, build.ref.description, number])
            if let other {
                try run("UPDATE build SET pullRequest = ? WHERE id = ?", [other, id])
                wanted.builds.insert(id)
                wanted.notes.append("build #\(build.number) goes on for pull request #\(other)")
                continue
            }
            let pushed = try wantedByPush(build, isOver: true)
            guard !pushed.isEmpty else { continue }
            wanted.jobs.formUnion(pushed.map(\.id))
            let hooks = pushed.map(\.hook.id.description).joined(separator: ", ")
            wanted.notes.append("build #\(build.number) goes on with \(hooks) for the push to \(build.ref.shortName)")
        }
        return wanted
    }

    /// The open jobs of a build that a push to its branch wants, whatever becomes of a pull request from it.
    ///
    /// - Parameter isOver: whether the pull request was closed. A hook that no pull request runs is none of its business
    ///   then, and would not run again when it is reopened.
    private func wantedByPush(_ build: BuildRecord, isOver: Bool = false) throws -> [(id: Int64, hook: Hook)] {
        let push = TriggerEvent(kind: .push, ref: build.ref, commit: build.commit)
        return try all("SELECT id, config FROM job WHERE buildID = ? AND state IN ('queued', 'running')", [build.id]) {
            columns in (id: try columns.next(Int64.self), hook: try JSONColumn.hook(columns.next()))
        }.filter { job in
            job.hook.triggers.push?.names(build.ref) == true
                || isOver && job.hook.triggers.pullRequest == nil && HookMatch(job.hook, push).runs
        }
    }

    /// Of a pull request's builds only the one that the latest event wanted goes on, whatever came in last. What is on
    /// the default branch is never ended: every commit there has its verdict, as has each on a branch that the hook's
    /// `on.push` names.
    func supersede(_ new: NewBuild, buildID: Int64, number: Int, at time: Date) throws -> EndedJobs {
        guard let pullRequest = try new.event.pullRequest ?? openPullRequest(of: buildID, broughtBackBy: new) else {
            return EndedJobs()
        }
        // A build that a push made becomes the pull request's when that event arrives, too.
        try run("UPDATE build SET pullRequest = coalesce(pullRequest, ?) WHERE id = ?", [pullRequest, buildID])
        // Deliveries come in any order: this one is of before the pull request was closed.
        if let closedAt = try closing(of: pullRequest, in: new.projectID, after: new.event.happenedAt) {
            let reason = "pull request #\(pullRequest) was closed"
            let closed = BuildCancellation(
                projectID: new.projectID, .pullRequest(pullRequest), happenedAt: closedAt, reason: reason)
            var ended = try cancel(closed, at: time)
            ended.note = ["\(reason) meanwhile", ended.note].compactMap(\.self).joined(separator: "; ")
            return ended
        }
        let newest = try first(
            """
            SELECT build.number, \(Self.wantedAt), build.wantedRank, build.id
            FROM build INDEXED BY build_of_pull_request
            WHERE build.projectID = ? AND build.pullRequest = ? AND \(Self.isNotOnDefaultBranch)
            ORDER BY 2 DESC, 3 DESC, 4 DESC LIMIT 1
            """, [new.projectID, pullRequest]
        ) { columns in
            (
                number: try columns.next(Int.self),
                order: WantedOrder(at: try columns.next(), rank: try columns.next(), buildID: try columns.next())
            )
        }
        guard let newest else { return EndedJobs() }
        let older = try openBuilds(
            new.projectID, "build.pullRequest = ? AND build.id <> ? AND \(Self.isNotOnDefaultBranch)",
            [pullRequest, newest.order.buildID])
        guard !older.isEmpty else { return EndedJobs() }
        var ended = EndedJobs()
        var numbers: [String] = []
        var keepsAll = true
        for old in try older.compactMap({ try build($0) }) {
            let kept = Set(try wantedByPush(old).map(\.id))
            let jobs = try cancelJobs(
                of: [old.id], except: kept, reason: "superseded by build #\(newest.number)",
                successor: newest.number, isOvertaken: true, happenedAt: newest.order.at, at: time)
            ended.count += jobs.count
            ended.topics += jobs.topics
            guard jobs.count > 0 || kept.isEmpty else { continue }
            keepsAll = false
            if old.id != buildID { numbers.append("#\(old.number)") }
        }
        guard !keepsAll else { return ended }
        if newest.order.buildID != buildID {
            ended.note = "the pull request went on meanwhile: superseded by build #\(newest.number)"
        } else {
            ended.note = ended.count == 0 ? nil : "supersedes build \(numbers.joined(separator: ", "))"
        }
        return ended
    }

    /// The number of a build whose commit is its branch's head after all: of the push that brought it back nobody told, nor
    /// of its pull request's event.
    private func openPullRequest(of buildID: Int64, broughtBackBy new: NewBuild) throws -> Int? {
        guard !new.broughtBack.isEmpty else { return nil }
        return try Int.fetchOne(
            cachedStatement(
                sql: """
                    SELECT pullRequest.number FROM build
                    JOIN pullRequest ON pullRequest.projectID = build.projectID AND pullRequest.number = build.pullRequest
                    WHERE build.id = ? AND pullRequest.isOpen = 1
                    """), arguments: [buildID])
    }

    private static let isNotLater = "coalesce(build.eventAt, 0) <= coalesce(?, \(Int64.max))"

    private static let isNotOnDefaultBranch =
        "build.ref <> 'refs/heads/' || coalesce((SELECT defaultBranch FROM project WHERE id = build.projectID), '')"

    private func openBuilds(
        _ projectID: Int64, _ condition: String, _ arguments: StatementArguments
    ) throws -> [Int64] {
        try Int64.fetchAll(
            cachedStatement(
                sql: """
                    SELECT build.id FROM build INDEXED BY build_open
                    WHERE build.projectID = ? AND build.state IN ('queued', 'running') AND \(condition) ORDER BY build.id
                    """), arguments: [projectID] + arguments)
    }

    private func cancelJobs(
        of builds: [Int64], except kept: Set<Int64> = [], reason: String, successor: Int? = nil, isOvertaken: Bool,
        happenedAt: Int64?, at time: Date
    ) throws -> EndedJobs {
        var ended = EndedJobs()
        for build in builds {
            let jobs = try Int64.fetchAll(
                cachedStatement(
                    sql: "SELECT id FROM job WHERE buildID = ? AND state IN ('queued', 'running') ORDER BY id"),
                arguments: [build])
            for job in jobs where !kept.contains(job) {
                let topics =
                    isOvertaken
                    ? try overtake(job, reason: reason, successor: successor, happenedAt: happenedAt, at: time)
                    : try requestCancel(job, reason: reason, successor: successor, at: time)
                guard let topics else { continue }
                ended.count += topics.isEmpty ? 0 : 1
                ended.topics += topics
            }
        }
        return ended
    }
}
