internal import GRDB
import Model

/// Jobs of commits that refs lead to, although an event ended them: of the one that would have run them again nobody told.
extension Store {
    /// The latest attempts of a commit on a ref that were ended because the ref went on to another commit or was deleted.
    /// Neither is so when the ref leads to the commit.
    ///
    /// What something else ended is left alone: a closed pull request, a person, a newer build of another ref in a
    /// concurrency group.
    ///
    /// - Parameters:
    ///   - hooks: the hooks that would run for the head.
    ///   - mark: of a moment before the ref was read: what came in since ends rightly what is older.
    /// - Returns: the hooks, by the numbers of their jobs.
    public func overtakenJobs(
        _ projectID: Int64, ref: GitRef, commit: String, hooks: [HookID], seen mark: EventMark
    ) async throws(StoreError) -> [Int64: HookID] {
        try await database.read { db in try db.overtakenJobs(projectID, ref, commit, hooks, seen: mark) }
    }

    /// The refs that led to a commit with such jobs at the last look, and those of the commits' pull requests.
    public func overtakenHeads(_ projectID: Int64) async throws(StoreError) -> Set<String> {
        try await database.read { db in
            let found = try db.all(
                """
                SELECT DISTINCT head.ref, build.pullRequest FROM head
                CROSS JOIN build ON build.projectID = head.projectID AND build.ref = head.ref AND build.sha = head.sha
                CROSS JOIN job ON job.buildID = build.id
                WHERE head.projectID = ? AND \(Database.isOvertakenHead)
                """, [projectID]
            ) { columns in (ref: try columns.next(String.self), number: try columns.next(Int?.self)) }
            return Set(found.flatMap { [$0.ref] + ($0.number.map { [GitRef.pullRequest($0).description] } ?? []) })
        }
    }
}

extension Database {
    /// Of a job and its build whose commit is the head of its ref. A closed pull request has a row that says so; what a
    /// deletion ended has no successor either.
    fileprivate static let isOvertakenHead = """
        job.isOvertaken = 1 AND job.state IN ('running', 'cancelled')
            AND NOT EXISTS (SELECT 1 FROM job AS later
                WHERE later.buildID = job.buildID AND later.hook = job.hook AND later.attempt > job.attempt)
            AND CASE WHEN job.successor IS NULL
                THEN NOT EXISTS (SELECT 1 FROM pullRequest
                    WHERE projectID = build.projectID AND number = build.pullRequest AND isOpen = 0)
                ELSE EXISTS (SELECT 1 FROM build AS next
                    WHERE next.projectID = build.projectID AND next.number = job.successor AND next.ref = build.ref)
                END
        """

    func overtakenJobs(
        _ projectID: Int64, _ ref: GitRef, _ commit: String, _ hooks: [HookID], seen mark: EventMark
    ) throws -> [Int64: HookID] {
        let order = WantedOrder(behind: mark, buildID: 0)
        let due = try all(
            """
            SELECT job.id, job.hook FROM build CROSS JOIN job ON job.buildID = build.id
            WHERE build.projectID = ? AND build.ref = ? AND build.sha = ? AND \(Self.isOvertakenHead)
                AND NOT EXISTS (SELECT 1 FROM build AS next
                    WHERE next.projectID = build.projectID AND next.number = job.successor
                        AND (next.wantedAt, next.wantedRank, next.id) >= (?, ?, build.id))
            """, [projectID, ref.description, commit, order.at, order.rank]
        ) { columns in (id: try columns.next(Int64.self), hook: try columns.value { HookID($0) }) }
        .filter { hooks.contains($0.hook) }
        return Dictionary(due.map { ($0.id, $0.hook) }) { first, _ in first }
    }
}
