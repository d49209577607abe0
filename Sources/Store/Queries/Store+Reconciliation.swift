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
                SELECT \(ProjectRecord.columns) FROM project WHERE isActive = 0
                    AND (EXISTS (SELECT 1 FROM webhook WHERE webhook.projectID = project.id)
                        OR EXISTS (SELECT 1 FROM deployKey WHERE deployKey.projectID = project.id)
                        OR EXISTS (SELECT 1 FROM baseline WHERE baseline.projectID = project.id)
                        OR EXISTS (SELECT 1 FROM observation WHERE observation.projectID = project.id))
                ORDER BY repositoryKey
                """, [], ProjectRecord.init)
        }
    }

    /// What is remembered of a project's things on GitHub; `nil` when there is no such project.
    public func reconcileRecord(_ projectID: Int64) async throws(StoreError) -> ReconcileRecord? {
        try await database.read { db in
            try db.project(projectID).map { try db.reconcileRecord($0) }
        }
    }

    /// Remembers a project's deploy key in place of the one it had.
    public func saveDeployKey(_ key: DeployKeyRecord) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                """
                INSERT INTO deployKey (\(DeployKeyRecord.columns)) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (projectID) DO UPDATE SET publicKey = excluded.publicKey,
                    fingerprint = excluded.fingerprint, sealed = excluded.sealed, githubID = excluded.githubID,
                    createdAt = excluded.createdAt
                """,
                [
                    key.projectID, key.publicKey, key.fingerprint, Data(key.sealed), key.githubID,
                    key.createdAt.milliseconds,
                ])
        }
    }

    /// Remembers GitHub's number of a project's deploy key.
    public func setDeployKeyNumber(_ projectID: Int64, githubID: Int64) async throws(StoreError) {
        try await database.write { db in
            try db.run("UPDATE deployKey SET githubID = ? WHERE projectID = ?", [githubID, projectID])
        }
    }

    /// Forgets a project's deploy key, which is gone from GitHub.
    public func removeDeployKey(_ projectID: Int64) async throws(StoreError) {
        try await database.write { db in try db.run("DELETE FROM deployKey WHERE projectID = ?", [projectID]) }
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
    /// What is remembered of all projects.
    func reconcileRecords() throws -> [ReconcileRecord] {
        try all("SELECT \(ProjectRecord.columns) FROM project ORDER BY id", [], ProjectRecord.init)
            .map { try reconcileRecord($0) }
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
            deployKey: try first(
                "SELECT \(DeployKeyRecord.columns) FROM deployKey WHERE projectID = ?", [project.id],
                DeployKeyRecord.init),
            baseline: baseline?.state, sshURL: baseline?.sshURL, observation: observation?.state,
            observedAt: observation?.seenAt)
    }
}

extension DeployKeyRecord {
    static let columns = "projectID, publicKey, fingerprint, sealed, githubID, createdAt"

    init(_ columns: inout Columns) throws {
        self.init(
            projectID: try columns.next(), publicKey: try columns.next(), fingerprint: try columns.next(),
            sealed: [UInt8](try columns.next(Data.self)), githubID: try columns.next(),
            createdAt: try columns.date())
    }
}
