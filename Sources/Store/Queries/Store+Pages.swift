import Foundation
internal import GRDB
import Model

/// What the pages read. Each query finds its rows by an index, which a test holds it to.
extension Store {
    /// The declared projects by name, each with its newest builds that say how a ref is.
    ///
    /// - Parameter recent: at most so many builds for each.
    public func projectOverview(recent: Int = 20) async throws(StoreError) -> [ProjectOverview] {
        let (projects, builds, mains) = try await database.read { db in
            let projects = try db.all(
                "SELECT \(ProjectRecord.columns) FROM project WHERE isActive = 1 ORDER BY repositoryKey", [],
                ProjectRecord.init)
            let builds = try db.all(
                """
                SELECT \(BuildRecord.columns) FROM project CROSS JOIN build
                    ON build.projectID = project.id AND build.isOffHead = 0 AND build.number > coalesce((
                        SELECT number FROM build AS older WHERE older.projectID = project.id AND older.isOffHead = 0
                        ORDER BY number DESC LIMIT 1 OFFSET ?), 0)
                WHERE project.isActive = 1 ORDER BY project.id, build.number DESC
                """, [recent], BuildRecord.init)
            return (projects, Dictionary(grouping: builds, by: \.projectID), try db.mainStandings())
        }
        return projects.map { project in
            let main = mains[project.id]
            return ProjectOverview(
                project: project, recent: builds[project.id] ?? [], main: main?.newest, mainVerdict: main?.verdict)
        }
    }

    /// A page of a project's builds, newest first.
    ///
    /// - Parameters:
    ///   - ref: only the ones of this ref.
    ///   - before: only the ones with a smaller number.
    public func builds(
        _ projectID: Int64, ref: GitRef? = nil, before: Int? = nil, limit: Int
    ) async throws(StoreError) -> [BuildRecord] {
        let before = before ?? .max
        return try await database.read { db in
            if let ref {
                return try db.all(
                    """
                    SELECT \(BuildRecord.columns) FROM build WHERE projectID = ? AND ref = ? AND number < ?
                    ORDER BY number DESC LIMIT ?
                    """, [projectID, ref.description, before, limit], BuildRecord.init)
            }
            return try db.all(
                """
                SELECT \(BuildRecord.columns) FROM build WHERE projectID = ? AND number < ?
                ORDER BY number DESC LIMIT ?
                """, [projectID, before, limit], BuildRecord.init)
        }
    }

    /// A page of the builds that say how a ref is, newest first: without those of commits that were not its head any more.
    ///
    /// - Parameter before: only the ones with a smaller number.
    public func verdicts(
        _ projectID: Int64, ref: GitRef, before: Int? = nil, limit: Int
    ) async throws(StoreError) -> [BuildRecord] {
        try await database.read { db in
            try db.all(
                """
                SELECT \(BuildRecord.columns) FROM build
                WHERE projectID = ? AND ref = ? AND number < ? AND isOffHead = 0 ORDER BY number DESC LIMIT ?
                """, [projectID, ref.description, before ?? .max, limit], BuildRecord.init)
        }
    }

    /// The build of that number.
    public func build(_ projectID: Int64, number: Int) async throws(StoreError) -> BuildRecord? {
        try await database.read { db in
            try db.first(
                "SELECT \(BuildRecord.columns) FROM build WHERE projectID = ? AND number = ?", [projectID, number],
                BuildRecord.init)
        }
    }

    /// The build of that row.
    public func build(id: Int64) async throws(StoreError) -> BuildRecord? {
        try await database.read { db in try db.build(id) }
    }

    /// The newest build of a project that says how one of its refs is, or how that one is. While there is none, any build
    /// of the project, but none of a ref.
    public func latestBuild(_ projectID: Int64, ref: GitRef? = nil) async throws(StoreError) -> BuildRecord? {
        if let ref { return try await verdicts(projectID, ref: ref, limit: 1).first }
        let newest = try await database.read { db in
            try db.first(
                """
                SELECT \(BuildRecord.columns) FROM build WHERE projectID = ? AND isOffHead = 0
                ORDER BY number DESC LIMIT 1
                """, [projectID], BuildRecord.init)
        }
        if let newest { return newest }
        return try await builds(projectID, limit: 1).first
    }

    /// The latest attempt of each job of a build, by hook.
    public func jobs(_ buildID: Int64) async throws(StoreError) -> [JobRecord] {
        try await database.read { db in try db.all(JobRecord.latestAttempts, [buildID], JobRecord.init) }
    }

    /// All attempts of one job of a build, oldest first.
    public func attempts(_ buildID: Int64, _ hook: HookID) async throws(StoreError) -> [JobRecord] {
        try await database.read { db in
            try db.all(
                "SELECT \(JobRecord.columns) FROM job WHERE buildID = ? AND hook = ? ORDER BY attempt",
                [buildID, hook.description], JobRecord.init)
        }
    }

    /// The job of that row.
    public func job(_ id: Int64) async throws(StoreError) -> JobRecord? {
        try await database.read { db in try db.job(id) }
    }
}

extension Database {
    /// How the default branches of the declared projects are that were built, and by their newest verdicts.
    fileprivate func mainStandings() throws -> [Int64: (newest: RefStanding, verdict: RefStanding?)] {
        func newest(_ condition: String) -> String {
            """
            (SELECT id FROM build AS main WHERE main.projectID = project.id
                AND main.ref = 'refs/heads/' || project.defaultBranch AND main.isOffHead = 0 AND \(condition)
                ORDER BY main.number DESC LIMIT 1)
            """
        }
        let rows = try all(
            """
            SELECT project.id, \(RefStanding.columns("newest")), \(RefStanding.columns("verdict")) FROM project
            CROSS JOIN build AS newest ON newest.id = \(newest("1"))
            LEFT JOIN build AS verdict ON verdict.id = \(newest(Self.isVerdict(of: "main")))
            WHERE project.isActive = 1
            """
        ) { columns in
            (id: try columns.next(Int64.self), newest: try RefStanding(&columns), verdict: try RefStanding(&columns))
        }
        return rows.reduce(into: [:]) { standings, row in
            if let newest = row.newest { standings[row.id] = (newest, row.verdict) }
        }
    }
}
