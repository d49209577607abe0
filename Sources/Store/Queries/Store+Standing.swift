internal import GRDB
import Model

/// How refs are, when the hooks that a build skipped are asked of the builds before it.
extension Store {
    /// How the refs of these builds are, in their order.
    ///
    /// - Parameter builds: the newest build of each ref.
    public func standings(of builds: [BuildRecord]) async throws(StoreError) -> [RefStanding] {
        try await database.read { db in try builds.map { try db.standing(of: $0) } }
    }

    /// What a hook said last on the ref of its newest build; `nil` when it is not in the build at all.
    public func standing(of build: BuildRecord, _ hook: HookID) async throws(StoreError) -> JobState? {
        try await database.read { db in
            let jobs = try db.all(JobRecord.latestAttempts, [build.id], JobRecord.init)
            guard let job = jobs.first(where: { $0.hook == hook }) else { return nil }
            guard job.state == .skipped else { return job.state }
            return try db.lastRun(of: hook, before: build)?.state ?? .skipped
        }
    }
}

extension Database {
    func standing(of build: BuildRecord) throws -> RefStanding {
        // What goes on, or is red by itself, needs no older build to say so.
        guard build.state == .success || build.state == .cancelled else {
            return RefStanding(state: build.state, build: build)
        }
        let jobs = try all(JobRecord.latestAttempts, [build.id], JobRecord.init)
        var states = jobs.map(\.state).filter { $0 != .skipped }
        var older: [(state: JobState, build: Int64)] = []
        for job in jobs where job.state == .skipped {
            if let run = try lastRun(of: job.hook, before: build) { older.append(run) }
        }
        states += older.map(\.state)
        let state = BuildState(jobs: states)
        guard state != build.state else { return RefStanding(state: state, build: build) }
        let saying = older.filter { BuildState(jobs: [$0.state]) == state }.map(\.build).max()
        return RefStanding(state: state, build: try saying.flatMap { try self.build($0) } ?? build)
    }

    /// The last job of a hook that was not skipped in the builds before one on its ref. So far back, nobody knows it.
    fileprivate func lastRun(of hook: HookID, before build: BuildRecord) throws -> (state: JobState, build: Int64)? {
        try first(
            """
            SELECT job.state, known.id FROM (
                SELECT id, number FROM build WHERE projectID = ?1 AND ref = ?2 AND number < ?3 AND isOffHead = 0
                ORDER BY number DESC LIMIT 100
            ) AS known CROSS JOIN job ON job.buildID = known.id
            WHERE job.hook = ?4 AND job.state <> 'skipped'
            ORDER BY known.number DESC, job.attempt DESC LIMIT 1
            """, [build.projectID, build.ref.description, build.number, hook.description]
        ) { columns in (try columns.value(JobState.init(rawValue:)), try columns.next(Int64.self)) }
    }
}
