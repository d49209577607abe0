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
}

extension Database {
    /// Finds the build of the ref and commit or makes it, and queues the jobs that it does not have yet.
    func make(_ new: NewBuild, at time: Date) throws -> MadeBuild? {
        let event = new.event
        let existing = try Int64.fetchOne(
            self, sql: "SELECT id FROM build WHERE projectID = ? AND ref = ? AND sha = ?",
            arguments: [new.projectID, event.ref.description, event.commit])
        if existing == nil, new.hooks.isEmpty { return nil }
        let buildID = try existing ?? insert(new, at: time)
        let number = try Int.fetchOne(self, sql: "SELECT number FROM build WHERE id = ?", arguments: [buildID]) ?? 0
        var topics: [ChangeSignal.Topic] = existing == nil ? [.builds] : []
        for hook in new.hooks {
            let isThere = try Bool.fetchOne(
                self, sql: "SELECT EXISTS (SELECT 1 FROM job WHERE buildID = ? AND hook = ?)",
                arguments: [buildID, hook.id.description])
            if isThere == true { continue }
            let id = try insertJob(
                hook, buildID: buildID, projectID: new.projectID, attempt: 1,
                page: new.pageURL(number, hook.id), at: time)
            topics += [.builds, .job(id)]
        }
        if !topics.isEmpty { topics += try refreshBuild(buildID, at: time) }
        return try build(buildID).map { MadeBuild(build: $0, topics: topics) }
    }

    /// A new attempt in the queue.
    func insertJob(
        _ hook: Hook, buildID: Int64, projectID: Int64, attempt: Int, page: String, at time: Date
    ) throws -> Int64 {
        try run(
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, createdAt, page)
            VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)
            """,
            [
                buildID, projectID, hook.id.description, hook.title, try JSONColumn.text(hook), attempt,
                time.milliseconds, page,
            ])
        return lastInsertedRowID
    }

    /// A new build. The counter stands in the project's row, so that a number is not given again when old builds are
    /// removed.
    private func insert(_ new: NewBuild, at time: Date) throws -> Int64 {
        let number = try Int.fetchOne(
            self,
            sql: "UPDATE project SET lastBuildNumber = lastBuildNumber + 1 WHERE id = ? RETURNING lastBuildNumber",
            arguments: [new.projectID])
        guard let number else { throw StoreError.notFound("project \(new.projectID)") }
        let event = new.event
        try run(
            """
            INSERT INTO build (projectID, number, ref, sha, message, authorName, authorEmail, sender, kind,
                pullRequest, trusted, configCommit, state, createdAt, statusMode, page)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)
            """,
            [
                new.projectID, number, event.ref.description, event.commit, event.message, event.authorName,
                event.authorEmail, event.sender, event.kind.rawValue, event.pullRequest, new.trusted,
                new.configCommit, time.milliseconds, new.statusMode.rawValue, new.pageURL(number, nil),
            ])
        return lastInsertedRowID
    }
}
