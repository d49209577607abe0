import Foundation
internal import GRDB

extension Store {
    /// Remembers a key of a project in place of the one with the same public half, or, if there is none, beside the
    /// others. A current or next key of another kind becomes a former one: there is one of each.
    public func saveDeployKey(_ key: DeployKeyRecord) async throws(StoreError) {
        try await database.write { db in
            if key.role != .former {
                try db.run(
                    """
                    UPDATE deployKey SET role = 'former' WHERE projectID = ? AND role = ? AND publicKey <> ?
                    """, [key.projectID, key.role.rawValue, key.publicKey])
            }
            try db.run(
                """
                INSERT INTO deployKey (\(DeployKeyRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (projectID, publicKey) DO UPDATE SET fingerprint = excluded.fingerprint,
                    sealed = excluded.sealed, githubID = excluded.githubID, createdAt = excluded.createdAt,
                    generation = excluded.generation, role = excluded.role
                """,
                [
                    key.projectID, key.publicKey, key.fingerprint, Data(key.sealed), key.githubID,
                    key.createdAt.milliseconds, key.generation, key.role.rawValue,
                ])
        }
    }

    /// Remembers GitHub's number of a key.
    public func setDeployKeyNumber(
        _ projectID: Int64, _ publicKey: String, githubID: Int64
    ) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                "UPDATE deployKey SET githubID = ? WHERE projectID = ? AND publicKey = ?",
                [githubID, projectID, publicKey])
        }
    }

    /// Says what a key is for from now on, in one transaction with what that means for the others: the next key becomes
    /// the current one, and that one a former one.
    public func setDeployKeyRole(
        _ projectID: Int64, _ publicKey: String, _ role: DeployKeyRecord.Role
    ) async throws(StoreError) {
        try await database.write { db in
            try db.run(
                "UPDATE deployKey SET role = 'former' WHERE projectID = ? AND role = ? AND publicKey <> ?",
                [projectID, role.rawValue, publicKey])
            try db.run(
                "UPDATE deployKey SET role = ? WHERE projectID = ? AND publicKey = ?",
                [role.rawValue, projectID, publicKey])
        }
    }

    /// Forgets a key, which is gone from GitHub.
    public func removeDeployKey(_ projectID: Int64, _ publicKey: String) async throws(StoreError) {
        try await database.write { db in
            try db.run("DELETE FROM deployKey WHERE projectID = ? AND publicKey = ?", [projectID, publicKey])
        }
    }
}

extension Database {
    /// A project's keys, the oldest first.
    func deployKeys(_ projectID: Int64) throws -> [DeployKeyRecord] {
        try all(
            "SELECT \(DeployKeyRecord.columns) FROM deployKey WHERE projectID = ? ORDER BY createdAt, publicKey",
            [projectID], DeployKeyRecord.init)
    }
}

extension DeployKeyRecord {
    static let columns = "projectID, publicKey, fingerprint, sealed, githubID, createdAt, generation, role"

    init(_ columns: inout Columns) throws {
        self.init(
            projectID: try columns.next(), publicKey: try columns.next(), fingerprint: try columns.next(),
            sealed: [UInt8](try columns.next(Data.self)), githubID: try columns.next(),
            createdAt: try columns.date(), generation: try columns.next(),
            role: try columns.value(DeployKeyRecord.Role.init(rawValue:)))
    }
}
