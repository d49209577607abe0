import Foundation
internal import GRDB
import Model

/// A job that was put into the queue, and who wants to know.
struct QueuedJob {
    var id: Int64
    var topics: [ChangeSignal.Topic]
    /// For the delivery's sentence.
    var note: String?
}

/// Who wants a job now.
enum JobWish {
    /// An event that stands there: later ones may have come in before it.
    case event(WantedOrder)
    /// A person, who ends nothing that is newer than what they asked for: the build where its last event stands, or what
    /// they saw.
    case person(WantedOrder?)
    /// A bisection, which ends nobody's jobs.
    case search
}

extension Database {
    /// A new attempt in the queue. When its concurrency group is full and a new job goes first, it makes room for itself.
    ///
    /// - Parameter reported: the statuses that what it takes the place of reported: it reports these, too.
    func queueJob(
        _ hook: Hook, buildID: Int64, number: Int, projectID: Int64, attempt: Int,
        reported: HookSettings.StatusMode? = nil, page: String, wish: JobWish, at time: Date
    ) throws -> QueuedJob {
        let status = hook.settings.status
        try run(
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, createdAt, page,
                concurrencyGroup, concurrencyLimit, statusMode, needsApproval)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'queued', ?7, ?8, ?9, ?10, ?11,
                ?12 AND (SELECT trusted = 0 FROM build WHERE id = ?1))
            """,
            [
                buildID, projectID, hook.id.description, hook.title, try JSONColumn.text(hook), attempt,
                time.milliseconds, page, hook.concurrency?.group, hook.concurrency?.limit,
                ((reported ?? status) == status ? status : .both).rawValue,
                hook.needsApproval(trusted: false),
            ])
        var queued = QueuedJob(id: lastInsertedRowID, topics: [.builds, .job(lastInsertedRowID)])
        // A stranger's job that waits for an approval ends nobody's, nor does one of a commit that is no head any more.
        if let rule = hook.concurrency, rule.onNew == .cancel, let own = try build(buildID), !own.isOffHead,
            !hook.needsApproval(trusted: own.trusted) || own.approvedBy != nil
        {
            try makeRoom(for: &queued, in: rule, of: projectID, (id: buildID, number: number), wish: wish, at: time)
        }
        return queued
    }

    /// Cancels the oldest jobs of other builds in a full group; one that runs keeps its place until it has really ended.
    ///
    /// Old and new are told by the events, as everywhere: a job whose delivery was late makes room for those of later
    /// events. One that a person wants to run again ends no later one, and waits for it.
    private func makeRoom(
        for queued: inout QueuedJob, in rule: Hook.Concurrency, of projectID: Int64, _ own: (id: Int64, number: Int),
        wish: JobWish, at time: Date
    ) throws {
        let order: WantedOrder?
        switch wish {
        case .event(let stands): order = stands
        case .person(let seen): order = try seen ?? wantedOrder(ofBuild: own.id)
        case .search: order = nil
        }
        guard let order else { return }
        let others = try jobsInGroup(rule.group, of: projectID, except: own.id)
        let earlier = others.filter { $0.order < order }
        // A stranger's job that waits for an approval is in nobody's way, but for those that are newer than it.
        let later = others.filter { $0.order > order && !$0.isHeld }
        let surplus = earlier.count + later.count + 1 - rule.limit
        guard surplus > 0 else { return }
        if case .event = wish, surplus > earlier.count, let newest = later.last {
            let reason = "superseded by build #\(newest.number) in the group '\(rule.group)'"
            queued.topics +=
                try overtake(
                    queued.id, reason: reason, successor: newest.number, happenedAt: newest.order.at, at: time) ?? []
            queued.note = reason
            return
        }
        let reason = "superseded by build #\(own.number) in the group '\(rule.group)'"
        for older in earlier.prefix(surplus) {
            queued.topics +=
                try overtake(older.id, reason: reason, successor: own.number, happenedAt: order.at, at: time) ?? []
        }
    }

    private struct GroupJob {
        var id: Int64
        var number: Int
        var order: WantedOrder
        var isHeld: Bool
    }

    /// The open jobs of a group that nobody asked to end, in the order of the events that wanted their builds.
    private func jobsInGroup(_ group: String, of projectID: Int64, except buildID: Int64) throws -> [GroupJob] {
        try all(
            """
            SELECT job.id, build.number, \(Self.wantedAt), build.wantedRank, build.id,
                job.needsApproval AND build.approvedBy IS NULL
            FROM job INDEXED BY job_open_in_group CROSS JOIN build ON build.id = job.buildID
            WHERE job.projectID = ? AND job.concurrencyGroup = ? AND job.concurrencyGroup IS NOT NULL
                AND job.state IN ('queued', 'running') AND job.cancelReason IS NULL AND build.id <> ?
            ORDER BY 3, build.wantedRank, build.id, job.id
            """, [projectID, group, buildID]
        ) { columns in
            GroupJob(
                id: try columns.next(), number: try columns.next(),
                order: WantedOrder(at: try columns.next(), rank: try columns.next(), buildID: try columns.next()),
                isHeld: try columns.next())
        }
    }

    /// A job that need not run, unless the build has one of this hook already. No topics then.
    func skip(
        _ skipped: SkippedHook, buildID: Int64, projectID: Int64, page: String, at time: Date
    ) throws -> [ChangeSignal.Topic] {
        let hook = skipped.hook
        try run(
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, reason, createdAt, finishedAt, page,
                statusMode)
            SELECT ?1, ?2, ?3, ?4, ?5, 1, 'skipped', ?6, ?7, ?7, ?8, ?9
            WHERE NOT EXISTS (SELECT 1 FROM job WHERE buildID = ?1 AND hook = ?3)
            """,
            [
                buildID, projectID, hook.id.description, hook.title, try JSONColumn.text(hook), skipped.reason,
                time.milliseconds, page, hook.settings.status.rawValue,
            ])
        return changesCount > 0 ? [.builds, .job(lastInsertedRowID)] : []
    }
}
