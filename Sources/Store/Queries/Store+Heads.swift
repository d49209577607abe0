import Foundation
internal import GRDB
import Model

/// What finds events that GitHub never told us of: the heads that were looked at already, and builds for the others.
extension Store {
    /// What each ref of a project was when it was looked at, by full name; `nil` when that never happened.
    public func seenHeads(_ projectID: Int64) async throws(StoreError) -> [String: String]? {
        try await database.read { db in
            let taken = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT takenAt FROM headBaseline WHERE projectID = ?"), arguments: [projectID])
            guard taken != nil else { return nil }
            let rows = try db.all("SELECT ref, sha FROM head WHERE projectID = ?", [projectID]) { columns in
                (ref: try columns.next(String.self), target: try columns.next(String.self))
            }
            return Dictionary(rows.map { ($0.ref, $0.target) }) { first, _ in first }
        }
    }

    /// Remembers refs that were looked at and forgets those that are gone; the first call takes the baseline.
    public func saveHeads(
        _ projectID: Int64, seen: [String: String], gone: [String] = []
    ) async throws(StoreError) {
        let time = now().milliseconds
        try await database.write { db in
            try db.run(
                "INSERT INTO headBaseline (projectID, takenAt) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [projectID, time])
            for (ref, target) in seen {
                try db.run(
                    """
                    INSERT INTO head (projectID, ref, sha) VALUES (?1, ?2, ?3)
                    ON CONFLICT (projectID, ref) DO UPDATE SET sha = ?3
                    """, [projectID, ref, target])
            }
            for ref in gone { try db.run("DELETE FROM head WHERE projectID = ? AND ref = ?", [projectID, ref]) }
        }
    }

    /// A project that comes back begins anew: what happened meanwhile was not ours to build.
    public func forgetHeadsOfInactiveProjects() async throws(StoreError) {
        try await database.write { db in
            try db.run(
                "DELETE FROM headBaseline WHERE projectID IN (SELECT id FROM project WHERE isActive = 0)")
        }
    }

    /// The next build of a project has a higher number than this one.
    public func raiseBuildNumber(_ projectID: Int64, to number: Int) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                "UPDATE project SET lastBuildNumber = max(lastBuildNumber, ?) WHERE id = ?", [number, projectID])
        }
    }

    /// Which of these hooks have no job for a commit on a ref.
    public func missingJobs(
        _ projectID: Int64, ref: GitRef, commit: String, hooks: [HookID]
    ) async throws(StoreError) -> [HookID] {
        try await database.read { db in try db.missingJobs(projectID, ref, commit, hooks) }
    }

    /// Whether a ref has builds that have not ended.
    public func hasOpenBuilds(_ projectID: Int64, ref: GitRef) async throws(StoreError) -> Bool {
        try await database.read { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM build INDEXED BY build_open
                            WHERE projectID = ? AND state IN ('queued', 'running') AND ref = ?)
                        """), arguments: [projectID, ref.description]) ?? false
        }
    }

    /// Whether deliveries for a repository wait to be looked at.
    public func hasPendingDeliveries(_ repository: RepositoryName) async throws(StoreError) -> Bool {
        try await database.read { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'received' AND repositoryKey = ?)"),
                arguments: [repository.key]) ?? false
        }
    }

    /// Makes what is missing of a build whose webhook did not arrive, runs again what the build brings back, and puts a row
    /// among the deliveries that says so.
    ///
    /// - Parameters:
    ///   - decision: the row's sentence.
    ///   - explanation: what the rules of the hooks said.
    /// - Returns: the build; `nil` when a webhook came after all and nothing was missing any more.
    @discardableResult
    public func createFoundBuild(
        _ build: NewBuild, decision: String, explanation: DeliveryExplanation? = nil
    ) async throws(StoreError) -> BuildRecord? {
        let time = now()
        let made = try await database.write { db -> MadeBuild? in
            let event = build.event
            let missing = try db.missingJobs(
                build.projectID, event.ref, event.commit,
                build.hooks.map(\.id) + build.skipped.map(\.hook.id))
            let again = try db.broughtBack(by: build)
            guard let hook = missing.first ?? again.values.min(), let project = try db.project(build.projectID),
                let made = try db.make(build, at: time)
            else { return nil }
            try db.run(
                """
                INSERT INTO delivery (repository, repositoryKey, hook, guid, event, receivedAt, state, decision,
                    buildNumber, ref, sha, explanation) VALUES (?, ?, ?, ?, ?, ?, 'done', ?, ?, ?, ?, ?)
                """,
                [
                    project.repository.description, project.repository.key, hook.description,
                    // By this beginning of its name the row is known, see `lastHeard`. Each attempt is brought back once.
                    "found-\(made.build.number)" + (again.keys.max().map { "-\($0)" } ?? ""), event.kind.rawValue,
                    time.milliseconds, decision,
                    made.build.number, event.ref.description, event.commit,
                    try explanation.map { try JSONColumn.text($0) },
                ])
            return made
        }
        notify(made?.topics ?? [])
        return made?.build
    }
}

extension Database {
    fileprivate func missingJobs(
        _ projectID: Int64, _ ref: GitRef, _ commit: String, _ hooks: [HookID]
    ) throws -> [HookID] {
        let there = try all(
            """
            SELECT DISTINCT job.hook FROM build JOIN job ON job.buildID = build.id
            WHERE build.projectID = ? AND build.ref = ? AND build.sha = ?
            """, [projectID, ref.description, commit]
        ) { columns in try columns.next(String.self) }
        return hooks.filter { !there.contains($0.description) }
    }

    /// What nobody ran again since somebody looked.
    fileprivate func broughtBack(by build: NewBuild) throws -> [Int64: HookID] {
        guard !build.broughtBack.isEmpty, let mark = build.seen else { return [:] }
        return try overtakenJobs(
            build.projectID, build.event.ref, build.event.commit, build.hooks.map(\.id), seen: mark
        ).filter { build.broughtBack.contains($0.key) }
    }
}
