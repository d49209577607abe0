internal import GRDB
import Model

extension Store {
    /// The server's settings of the revision that is applied; `nil` before the first one, and after an upgrade from a
    /// version that did not keep them.
    public func serverSettings() async throws(StoreError) -> ServerSettings? {
        try await database.read { db in try db.serverSettings() }
    }

    /// The revision that was applied last; a newer one may be held.
    public func appliedConfigRevision() async throws(StoreError) -> ConfigRevision? {
        try await database.read { db in try db.appliedRevision() }
    }
}

extension Database {
    func serverSettings() throws -> ServerSettings? {
        try first("SELECT value FROM serverSettings WHERE id = 1") { columns in
            try JSONColumn.serverSettings(columns.next())
        }
    }

    fileprivate func appliedRevision() throws -> ConfigRevision? {
        try first(
            "SELECT \(ConfigRevision.columns) FROM configRevision WHERE appliedAt IS NOT NULL ORDER BY id DESC LIMIT 1",
            [], ConfigRevision.init)
    }

    /// `nil` before the first revision is applied.
    func appliedConfiguration() throws -> AppliedConfiguration? {
        guard let revision = try appliedRevision() else { return nil }
        let projects = try all(
            "SELECT \(ProjectRecord.columns) FROM project WHERE isActive = 1 ORDER BY repositoryKey", [],
            ProjectRecord.init)
        return AppliedConfiguration(
            commit: revision.commit, settings: try serverSettings(), projects: projects.map(\.config))
    }

    /// Keeps the settings of the revision that is being applied.
    func save(_ settings: ServerSettings) throws {
        try run(
            "INSERT INTO serverSettings (id, value) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value",
            [try JSONColumn.text(settings)])
    }
}
