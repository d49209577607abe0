import Foundation
internal import GRDB
import Model

extension Store {
    /// Makes a build that no delivery asks for, because it is scheduled or started by hand; or adds the jobs to the one
    /// that exists for the same ref and commit.
    ///
    /// - Returns: the build; `nil` when there are no hooks and no such build.
    @discardableResult
    public func createBuild(_ build: NewBuild) async throws(StoreError) -> BuildRecord? {
        let time = now()
        let made = try await database.write { db in try db.make(build, at: time) }
        notify(made?.topics ?? [])
        return made?.build
    }
}

/// A build that was made or changed, and who wants to know.
struct MadeBuild: Sendable {
    var build: BuildRecord
    var topics: [ChangeSignal.Topic]
    /// What else it did, for the delivery's sentence.
    var note: String?
}

extension Database {
    /// Finds the build of the ref and commit or makes it, and queues the jobs that it does not have yet.
    func make(_ new: NewBuild, at time: Date) throws -> MadeBuild? {
        let event = new.event
        try notePullRequest(new.projectID, event, at: time)
        let known = try first(
            "SELECT id, \(Self.wantedAt) FROM build WHERE projectID = ? AND ref = ? AND sha = ?",
            [new.projectID, event.ref.description, event.commit]
        ) { columns in (id: try columns.next(Int64.self), wantedAt: try columns.next(Int64.self)) }
        let existing = known?.id
        // Neither a schedule nor a person makes an event of GitHub's, whose clock alone orders them.
        let happenedAt = [.schedule, .manual].contains(event.kind) ? nil : event.happenedAt
        // Read before the build is made: it does not stand behind itself.
        let mark = try new.seen ?? eventMark(new.projectID)
        if existing == nil, new.hooks.isEmpty, new.skipped.isEmpty { return nil }
        let author = try event.authorLogin ?? knownLogin(event.authorEmail, in: new.projectID)
        let buildID = try existing ?? insert(new, author, happenedAt, at: time)
        var topics: [ChangeSignal.Topic] = existing == nil ? [.builds] : []
        if existing == nil, let author, try wantAvatar(author, of: new.projectID, at: time) {
            topics.append(.avatars)
        }
        if existing != nil, let happenedAt {
            try run(
                "UPDATE build SET eventAt = ?1 WHERE id = ?2 AND coalesce(eventAt, 0) < ?1", [happenedAt, buildID])
        }
        var order = WantedOrder(behind: mark, buildID: buildID)
        if let happenedAt {
            let told = try wantedOrder(of: event, at: happenedAt, buildID: buildID, in: new.projectID)
            // What GitHub shows as a head is newer than all that was known before.
            order = new.seen == nil ? told : max(told, order)
        }
        let isByHand = event.kind == .manual
        if existing == nil || !isByHand { try raiseWantedOrder(order) }
        // The ref may come back to the commit.
        var isBack = false
        if existing != nil, !new.isOffHead {
            try run("UPDATE build SET isOffHead = 0 WHERE id = ? AND isOffHead = 1", [buildID])
            isBack = changesCount > 0
        }
        let number =
            try Int.fetchOne(cachedStatement(sql: "SELECT number FROM build WHERE id = ?"), arguments: [buildID]) ?? 0
        // Who builds a commit by hand ends no newer one's jobs, as with a rerun.
        let wish: JobWish =
            new.isProbe ? .search : isByHand ? .person(existing == nil ? order : nil) : .event(order)
        var notes: [String] = []
        for hook in new.hooks {
            let attempt = try attemptToQueue(
                hook, new, at: order, happenedAt: happenedAt, lastWantedAt: known?.wantedAt)
            guard let attempt else { continue }
            let queued = try queueJob(
                hook, buildID: buildID, number: number, projectID: new.projectID, attempt: attempt.number,
                reported: attempt.reported, page: new.pageURL(number, hook.id), wish: wish, at: time)
            topics += queued.topics
            notes += queued.note.map { ["\(hook.id): \($0)"] } ?? []
        }
        for skipped in new.skipped {
            topics += try skip(
                skipped, buildID: buildID, projectID: new.projectID, page: new.pageURL(number, skipped.hook.id),
                at: time)
        }
        if !topics.isEmpty {
            topics += try refreshBuild(buildID, at: time)
        } else if isBack, let build = try build(buildID) {
            try refreshStanding(of: build)
            try refreshStandings(after: build)
            topics.append(.builds)
        }
        let ended = try supersede(new, buildID: buildID, number: number, at: time)
        guard let build = try build(buildID) else { return nil }
        notes += ended.note.map { [$0] } ?? []
        return MadeBuild(
            build: build, topics: topics + ended.topics, note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    private struct NextAttempt {
        var number: Int
        /// What the skipped job reported that it takes the place of.
        var reported: HookSettings.StatusMode?
    }

    /// The attempt that a hook needs in a build; `nil` when it has one that counts. A job that was skipped for one event
    /// makes room when another event of the same commit wants it to run; one that an event ended is run again when a
    /// later event wants it. One that was asked to end is no answer to who wants it to run again.
    ///
    /// - Parameter order: where what wants it stands.
    private func attemptToQueue(
        _ hook: Hook, _ new: NewBuild, at order: WantedOrder, happenedAt: Int64?, lastWantedAt: Int64?
    ) throws -> NextAttempt? {
        let last = try first(
            """
            SELECT id, attempt, state, statusMode, isOvertaken, overtakenAt, cancelReason IS NOT NULL,
                (SELECT id FROM build AS next WHERE next.projectID = job.projectID AND next.number = job.successor)
            FROM job WHERE buildID = ? AND hook = ? ORDER BY attempt DESC LIMIT 1
            """, [order.buildID, hook.id.description]
        ) { columns in
            (
                id: try columns.next(Int64.self), attempt: try columns.next(Int.self),
                state: try columns.value(JobState.init(rawValue:)),
                reported: try columns.value(HookSettings.StatusMode.init(rawValue:)),
                isOvertaken: try columns.next(Bool.self), overtakenAt: try columns.next(Int64?.self),
                isEnding: try columns.next(Bool.self),
                successor: try columns.next(Int64?.self)
            )
        }
        guard let last else { return NextAttempt(number: 1) }
        if last.state == .skipped {
            try run("DELETE FROM job WHERE id = ?", [last.id])
            // The skip's status is on GitHub already, also when the hook reports another one by now.
            return NextAttempt(number: last.attempt, reported: last.reported)
        }
        let next = NextAttempt(number: last.attempt + 1)
        if last.isOvertaken, last.state == .cancelled || last.state == .running {
            if new.broughtBack.contains(last.id) { return next }
            // A pull request that is opened again, or a branch that comes back to a commit, is not an old delivery. That
            // another event of the commit came in before makes it none either.
            let end = last.overtakenAt ?? lastWantedAt ?? .max
            if let happenedAt, happenedAt > end { return next }
            if happenedAt == end, let successor = try last.successor.flatMap(wantedOrder(ofBuild:)), order > successor {
                return next
            }
        }
        return new.runsAgain && (last.state.isFinished || last.isEnding) ? next : nil
    }

    /// The account that GitHub named for an author's address in one of the last builds: what is found in git, by a schedule
    /// or because a webhook was lost, comes without a name at GitHub.
    private func knownLogin(_ email: String?, in projectID: Int64) throws -> AccountName? {
        guard let email, !email.isEmpty else { return nil }
        return try first(
            """
            SELECT authorLogin FROM
                (SELECT number, authorLogin, authorEmail FROM build WHERE projectID = ? ORDER BY number DESC LIMIT 500)
            WHERE authorEmail = ? AND authorLogin IS NOT NULL ORDER BY number DESC LIMIT 1
            """, [projectID, email]
        ) { columns in try columns.next(String?.self).flatMap { AccountName($0) } }.flatMap(\.self)
    }

    /// A new build. The counter stands in the project's row, so that a number is not given again when old builds are
    /// removed.
    private func insert(
        _ new: NewBuild, _ author: AccountName?, _ happenedAt: Int64?, at time: Date
    ) throws -> Int64 {
        let number = try Int.fetchOne(
            cachedStatement(
                sql: "UPDATE project SET lastBuildNumber = lastBuildNumber + 1 WHERE id = ? RETURNING lastBuildNumber"),
            arguments: [new.projectID])
        guard let number else { throw StoreError.notFound("project \(new.projectID)") }
        let event = new.event
        try run(
            """
            INSERT INTO build (projectID, number, ref, sha, message, authorName, authorEmail, sender, kind,
                pullRequest, trusted, configCommit, state, createdAt, statusMode, page, eventAt, authorLogin,
                isOffHead)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, 'build', ?, ?, ?, ?)
            """,
            [
                new.projectID, number, event.ref.description, event.commit, event.message, event.authorName,
                event.authorEmail, event.sender, event.kind.stored, event.pullRequest, new.trusted,
                new.configCommit, time.milliseconds, new.pageURL(number, nil), happenedAt, author?.description,
                new.isOffHead,
            ])
        return lastInsertedRowID
    }
}
