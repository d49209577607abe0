import Foundation
internal import GRDB
import Model

extension Store {
    /// The projects that are no longer declared but still have something of ours on GitHub, or of whom
    /// something is remembered that would be wrong if they came back; by name.
    public func projectsToCleanUp() async throws(StoreError) -> [ProjectRecord] {
        try await database.read { db in
            try db.all(
                """
                SELECT \(ProjectRecord.columns) FROM project WHERE \(Database.needsCleanUp)
                ORDER BY repositoryKey
                """, [], ProjectRecord.init)
        }
    }

    /// Everything that is declared or is to be cleaned up, by name.
    public func projectMarks() async throws(StoreError) -> [ProjectMark] {
        try await database.read { db in
            try db.all(
                """
                SELECT id, configCommit, isActive, condition = 'ready' FROM project
                WHERE isActive = 1 OR \(Database.needsCleanUp) ORDER BY repositoryKey
                """, []
            ) { columns in
                ProjectMark(
                    id: try columns.next(), configCommit: try columns.next(), isActive: try columns.next(),
                    isReady: try columns.next())
            }
        }
    }

    /// What is remembered of a project's things on GitHub; `nil` when there is no such project.
    public func reconcileRecord(_ projectID: Int64) async throws(StoreError) -> ReconcileRecord? {
        try await database.read { db in
            try db.project(projectID).map { try db.reconcileRecord($0) }
        }
    }

    /// Remembers what GitHub agrees with now; `nil` forgets it.
    public func saveBaseline(_ projectID: Int64, _ state: String?, sshURL: String?) async throws(StoreError) {
        let time = now().milliseconds
        try await database.write { db in
            guard let state else {
                return try db.run("DELETE FROM baseline WHERE projectID = ?", [projectID])
            }
            try db.run(
                """
                INSERT INTO baseline (projectID, state, sshURL, takenAt) VALUES (?, ?, ?, ?)
                ON CONFLICT (projectID) DO UPDATE SET state = excluded.state, sshURL = excluded.sshURL,
                    takenAt = excluded.takenAt
                """, [projectID, state, sshURL, time])
        }
    }
}

extension Database {
    /// Of a project that is no longer declared: whether something of ours may be left on GitHub.
    fileprivate static let needsCleanUp = """
        isActive = 0 AND (EXISTS (SELECT 1 FROM webhook WHERE webhook.projectID = project.id)
            OR EXISTS (SELECT 1 FROM deployKey WHERE deployKey.projectID = project.id)
            OR EXISTS (SELECT 1 FROM baseline WHERE baseline.projectID = project.id)
            OR EXISTS (SELECT 1 FROM observation WHERE observation.projectID = project.id))
        """

    /// What is remembered of the projects with greater numbers than that, in their order; a negative limit is none.
    func reconcileRecords(after id: Int64 = 0, limit: Int = -1) throws -> [ReconcileRecord] {
        try all(
            "SELECT \(ProjectRecord.columns) FROM project WHERE id > ? ORDER BY id LIMIT ?", [id, limit],
            ProjectRecord.init
        ).map { try reconcileRecord($0) }
    }

    /// What is remembered of one project.
    func reconcileRecord(_ project: ProjectRecord) throws -> ReconcileRecord {
        let baseline = try first("SELECT state, sshURL FROM baseline WHERE projectID = ?", [project.id]) {
            (state: try $0.next(String.self), sshURL: try $0.next(String?.self))
        }
        let observation = try first("SELECT state, seenAt FROM observation WHERE projectID = ?", [project.id]) {
            (state: try $0.next(String.self), seenAt: try $0.date())
        }
        return ReconcileRecord(
            project: project,
            webhooks: try all(
                "SELECT \(WebhookRecord.columns) FROM webhook WHERE projectID = ? ORDER BY hook", [project.id],
                WebhookRecord.init),
            deployKeys: try deployKeys(project.id), generations: try generations(project.repository),
            baseline: baseline?.state, sshURL: baseline?.sshURL, observation: observation?.state,
            observedAt: observation?.seenAt, hasOpenDrift: try hasOpenDrift(project.id))
    }
}
