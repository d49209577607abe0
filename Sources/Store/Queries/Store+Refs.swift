import Foundation
internal import GRDB
import Model

/// What the page about branches and pull requests reads.
extension Store {
    /// The refs whose head was built, the one with the newest build first.
    ///
    /// One step of the recursion finds the next ref in the index, so that the cost is the number of refs, not of builds.
    ///
    /// - Parameters:
    ///   - before: only refs whose newest build has a smaller number.
    ///   - limit: more refs than this are left out.
    public func refOverview(
        _ projectID: Int64, before: Int? = nil, limit: Int
    ) async throws(StoreError) -> [RefOverview] {
        try await database.read { db in
            try db.all(
                """
                WITH RECURSIVE known (ref) AS (
                    SELECT min(ref) FROM build WHERE projectID = ?1
                    UNION ALL
                    SELECT (SELECT min(ref) FROM build WHERE projectID = ?1 AND ref > known.ref) FROM known
                    WHERE known.ref IS NOT NULL
                    LIMIT 5000
                )
                SELECT \(BuildRecord.columns),
                    NOT EXISTS (SELECT 1 FROM headBaseline WHERE projectID = ?1)
                        OR EXISTS (SELECT 1 FROM head WHERE projectID = ?1 AND head.ref = build.ref)
                FROM known CROSS JOIN build ON build.projectID = ?1 AND build.ref = known.ref
                    AND build.number = (
                        SELECT max(number) FROM build AS newest
                        WHERE newest.projectID = ?1 AND newest.ref = known.ref AND newest.isOffHead = 0)
                -- The sign keeps the bound out of the choice of an index.
                WHERE +build.number < ?3
                ORDER BY build.number DESC LIMIT ?2
                """, [projectID, limit, before ?? Int.max]
            ) { columns in RefOverview(latest: try BuildRecord(&columns), exists: try columns.next()) }
        }
    }

    /// The pull requests that are open, the newest first.
    ///
    /// - Parameter before: only those with a smaller number.
    public func openPullRequests(
        _ projectID: Int64, before: Int? = nil, limit: Int
    ) async throws(StoreError) -> [PullRequestOverview] {
        try await database.read { db -> [PullRequestOverview] in
            let open = try db.all(
                """
                SELECT number, ref, base, title, author, openedAt FROM pullRequest INDEXED BY pullRequest_open
                WHERE projectID = ? AND isOpen = 1 AND number < ? ORDER BY number DESC LIMIT ?
                """, [projectID, before ?? Int.max, limit], PullRequestOverview.init)
            return try open.map { pull in
                var pull = pull
                pull.latest = try db.first(
                    """
                    SELECT \(BuildRecord.columns) FROM build WHERE projectID = ? AND ref = ? AND isOffHead = 0
                    ORDER BY number DESC LIMIT 1
                    """, [projectID, pull.ref.description], BuildRecord.init)
                return pull
            }
        }
    }

    /// The numbers of all pull requests that count as open, ascending.
    public func openPullRequestNumbers(_ projectID: Int64) async throws(StoreError) -> [Int] {
        try await database.read { db in
            try db.all(
                """
                SELECT number FROM pullRequest INDEXED BY pullRequest_open
                WHERE projectID = ? AND isOpen = 1 ORDER BY number
                """, [projectID]
            ) { columns in try columns.next() }
        }
    }

    /// The open pull requests whose head a push moves; none for other events. Without their latest builds, and at most ten:
    /// one branch asks to be merged into few others.
    public func openPullRequests(
        of event: TriggerEvent, in projectID: Int64
    ) async throws(StoreError) -> [PullRequestOverview] {
        guard event.kind == .push else { return [] }
        return try await database.read { db in
            try db.all(
                """
                SELECT number, ref, base, title, author, openedAt FROM pullRequest INDEXED BY pullRequest_open
                WHERE projectID = ? AND isOpen = 1 AND ref = ? ORDER BY number DESC LIMIT 10
                """, [projectID, event.ref.description], PullRequestOverview.init)
        }
    }

    /// The other builds of a build's commit, newest first; at most ten.
    public func siblings(of build: BuildRecord) async throws(StoreError) -> [BuildRecord] {
        try await database.read { db in
            try db.all(
                """
                SELECT \(BuildRecord.columns) FROM build INDEXED BY build_of_commit
                WHERE projectID = ? AND sha = ? AND id <> ? ORDER BY number DESC LIMIT 10
                """, [build.projectID, build.commit, build.id], BuildRecord.init)
        }
    }
}

extension Database {
    /// Remembers what an event says of its pull request: it is open, with this title.
    func notePullRequest(_ projectID: Int64, _ event: TriggerEvent, at time: Date) throws {
        guard let number = event.pullRequest, event.kind == .pullRequest else { return }
        let title = event.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        try run(
            """
            INSERT INTO pullRequest (projectID, number, ref, base, title, author, openedAt, eventAt, isOpen)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)
            ON CONFLICT (projectID, number) DO UPDATE SET
                ref = ?3, base = ?4, title = ?5, author = ?6, eventAt = ?8, isOpen = 1
            WHERE eventAt <= ?8
            """,
            [
                projectID, number, event.ref.description, event.baseBranch, title, event.authorName,
                time.milliseconds, event.happenedAt ?? 0,
            ])
    }

    /// When a pull request was closed, in seconds since 1970; `nil` when it was not, or not after that time.
    func closing(of number: Int, in projectID: Int64, after time: Int64?) throws -> Int64? {
        guard let time else { return nil }
        return try Int64.fetchOne(
            cachedStatement(
                sql: "SELECT eventAt FROM pullRequest WHERE projectID = ? AND number = ? AND isOpen = 0 AND eventAt > ?"
            ),
            arguments: [projectID, number, time])
    }

    /// Remembers that a pull request was closed.
    func notePullRequestClosed(_ projectID: Int64, _ number: Int, happenedAt: Int64?, at time: Date) throws {
        try run(
            """
            INSERT INTO pullRequest (projectID, number, ref, title, author, openedAt, eventAt, isOpen)
            VALUES (?1, ?2, ?3, '', '', ?4, ?5, 0)
            ON CONFLICT (projectID, number) DO UPDATE SET eventAt = max(eventAt, ?5), isOpen = 0
            WHERE ?5 = 0 OR eventAt <= ?5
            """,
            [projectID, number, GitRef.pullRequest(number).description, time.milliseconds, happenedAt ?? 0])
    }
}

extension PullRequestOverview {
    init(_ columns: inout Columns) throws {
        self.init(
            number: try columns.next(), ref: GitRef(try columns.next()), base: try columns.next(),
            title: try columns.next(), author: try columns.next(), openedAt: try columns.date())
    }
}
