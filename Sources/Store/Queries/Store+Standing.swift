import Foundation
internal import GRDB
import Model

/// How refs are, when the hooks that a build skipped are asked of the builds before it. Each build keeps what its ref is by
/// it, see ``BuildRecord/standing``.
extension Store {
    /// What a hook said last on the ref of its newest build; `nil` when it is not in the build at all.
    public func standing(of build: BuildRecord, _ hook: HookID) async throws(StoreError) -> JobState? {
        try await database.read { db in
            let state = try db.states(ofJobsOf: build.id).first { $0.hook == hook }?.state
            guard state == .skipped else { return state }
            return try db.lastVerdict(of: hook, before: build)?.state ?? .skipped
        }
    }

    /// The newest build by which a ref passed or is red, whatever has begun since or was cancelled.
    public func newestVerdict(_ projectID: Int64, ref: GitRef) async throws(StoreError) -> BuildRecord? {
        try await database.read { db in
            try db.first(
                """
                SELECT \(BuildRecord.columns) FROM build INDEXED BY build_of_ref
                WHERE projectID = ? AND ref = ? AND isOffHead = 0 AND \(Database.isVerdict(of: "build"))
                ORDER BY number DESC LIMIT 1
                """, [projectID, ref.description], BuildRecord.init)
        }
    }

    /// Since when the ref of a build by which it is red has been so, however long that is.
    public func redStretch(endingWith build: BuildRecord) async throws(StoreError) -> RedStretch {
        try await database.read { db in
            let passed = try db.first(
                """
                SELECT \(BuildRecord.columns) FROM build INDEXED BY build_green
                WHERE projectID = ? AND ref = ? AND number < ?
                    AND state = 'success' AND standing IS NULL AND isOffHead = 0
                ORDER BY number DESC LIMIT 1
                """, [build.projectID, build.ref.description, build.number], BuildRecord.init)
            let first = try db.first(
                """
                SELECT \(BuildRecord.columns) FROM build INDEXED BY build_of_ref
                WHERE projectID = ? AND ref = ? AND number > ? AND number < ? AND isOffHead = 0
                    AND coalesce(standing, state) IN ('failure', 'error')
                ORDER BY number LIMIT 1
                """, [build.projectID, build.ref.description, passed?.number ?? 0, build.number], BuildRecord.init)
            return RedStretch(first: first ?? build, passed: passed)
        }
    }
}

extension Database {
    /// Whether a row of `build` says that its ref passed or is red.
    static func isVerdict(of build: String) -> String {
        "coalesce(\(build).standing, \(build).state) IN ('success', 'failure', 'error')"
    }

    /// What an older build says of a build's ref, because this one skipped it; `nil` when the ref is as the build.
    ///
    /// - Parameter jobs: the latest attempts of its jobs.
    func olderStanding(of build: BuildRecord, _ jobs: [(hook: HookID, state: JobState)]) throws -> RefStanding? {
        // What goes on, or is red by itself, needs no older build to say so.
        guard !build.isOffHead, build.state == .success || build.state == .cancelled else { return nil }
        let skipped = jobs.filter { $0.state == .skipped }
        let older = try skipped.compactMap { try lastVerdict(of: $0.hook, before: build) }
        let state = BuildState(jobs: jobs.map(\.state).filter { $0 != .skipped } + older.map(\.state))
        guard state != build.state else { return nil }
        let saying = older.filter { state.isFinished ? $0.state.rawValue == state.rawValue : !$0.state.isFinished }
        return saying.map(\.number).max().map { RefStanding(state: state, number: $0, latest: build.number) }
    }

    /// Works out anew what the ref is by the later builds that skipped hooks of this one. Every transaction that touches a
    /// job of a build, or makes it count, ends with it.
    func refreshStandings(after build: BuildRecord) throws {
        guard !build.isOffHead else { return }
        let later = try all(
            """
            SELECT \(BuildRecord.columns) FROM build INDEXED BY build_of_ref
            WHERE projectID = ?1 AND ref = ?2 AND number > ?3 AND isOffHead = 0 AND state IN ('success', 'cancelled')
                AND EXISTS (SELECT 1 FROM job CROSS JOIN job AS own ON own.buildID = ?4 AND own.hook = job.hook
                    WHERE job.buildID = build.id AND job.state = 'skipped')
            ORDER BY number LIMIT \(Self.reach)
            """, [build.projectID, build.ref.description, build.number, build.id], BuildRecord.init)
        for build in later { try refreshStanding(of: build) }
    }

    /// Works out anew what the ref is by a build.
    func refreshStanding(of build: BuildRecord) throws {
        let standing = try olderStanding(of: build, states(ofJobsOf: build.id))
        guard standing != build.older else { return }
        try run(
            "UPDATE build SET standing = ?, standingNumber = ? WHERE id = ?",
            [standing?.state.rawValue, standing?.number, build.id])
    }

    /// A project's configuration goes on without some hooks: what they said so far counts no more, also if they come back. A
    /// build that they failed stays failed.
    ///
    /// - Parameter hooks: those that it has from now on.
    func forgetVerdicts(of projectID: Int64, exceptOf hooks: [HookID]) throws {
        let left = String(decoding: try JSONEncoder().encode(hooks.map(\.description)), as: UTF8.self)
        try run(
            """
            INSERT INTO forgottenVerdict (projectID, hook, number)
            SELECT project.id, json_extract(hook.value, '$.id'), project.lastBuildNumber
            FROM project CROSS JOIN json_each(project.config, '$.hooks') AS hook
            WHERE project.id = ? AND json_extract(hook.value, '$.id') NOT IN (SELECT value FROM json_each(?))
            ON CONFLICT (projectID, hook) DO UPDATE SET number = excluded.number
            """, [projectID, left])
        guard changesCount > 0 else { return }
        let newest = try all(
            """
            SELECT \(BuildRecord.columns) FROM build INDEXED BY build_standing
            WHERE projectID = ? AND standing IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM build AS newer WHERE newer.projectID = build.projectID AND newer.ref = build.ref
                    AND newer.number > build.number AND newer.isOffHead = 0)
            """, [projectID], BuildRecord.init)
        for build in newest { try refreshStanding(of: build) }
    }

    /// So many builds back, nobody knows what a hook said.
    private static let reach = 1000

    fileprivate func states(ofJobsOf buildID: Int64) throws -> [(hook: HookID, state: JobState)] {
        try all("SELECT hook, state, MAX(attempt) FROM job WHERE buildID = ? GROUP BY hook", [buildID]) { columns in
            (try columns.value { HookID($0) }, try columns.value(JobState.init(rawValue:)))
        }
    }

    /// What a hook said last in the builds before one on its ref, or that it is about to say something.
    fileprivate func lastVerdict(
        of hook: HookID, before build: BuildRecord
    ) throws -> (state: JobState, number: Int)? {
        try first(
            """
            SELECT job.state, known.number
            FROM build AS known INDEXED BY build_of_ref CROSS JOIN job ON job.buildID = known.id AND job.hook = ?4
            WHERE known.projectID = ?1 AND known.ref = ?2 AND known.number < ?3 AND known.isOffHead = 0
                AND job.state NOT IN ('skipped', 'cancelled')
                AND known.number > max(
                    coalesce((
                        SELECT number FROM build WHERE projectID = ?1 AND ref = ?2 AND number < ?3
                        ORDER BY number DESC LIMIT 1 OFFSET \(Self.reach)), 0),
                    coalesce((SELECT number FROM forgottenVerdict WHERE projectID = ?1 AND hook = ?4), 0))
            ORDER BY known.number DESC, job.attempt DESC LIMIT 1
            """, [build.projectID, build.ref.description, build.number, hook.description]
        ) { columns in (try columns.value(JobState.init(rawValue:)), try columns.next(Int.self)) }
    }
}
