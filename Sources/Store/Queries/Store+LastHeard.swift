import Foundation
internal import GRDB
import Model

extension Store {
    /// What was heard from GitHub about repositories, from their deliveries. Each costs a few looks into indexes.
    public func lastHeard(
        _ repositories: some Collection<RepositoryName>
    ) async throws(StoreError) -> [RepositoryName: LastHeard] {
        let names = Set(repositories)
        return try await database.read { db in
            var found: [RepositoryName: LastHeard] = [:]
            for name in names { found[name] = try db.lastHeard(name) }
            return found
        }
    }

    /// The same of one.
    public func lastHeard(_ repository: RepositoryName) async throws(StoreError) -> LastHeard {
        try await database.read { db in try db.lastHeard(repository) }
    }
}

extension Database {
    /// The condition of the index `delivery_found`, word for word, or SQLite would not use it. GitHub's GUIDs are
    /// hexadecimal, so none of them begins like that.
    private static let isFound = "guid >= 'found-' AND guid < 'found.'"
    /// Those of webhooks that no project has. They say nothing about a project's own, also where it is the admin repository
    /// itself: counted, each of them would hide what these did not tell.
    private static let isOther = "hook IN ('\(HookID.adminRepository)', '\(HookID.account)')"

    fileprivate func lastHeard(_ repository: RepositoryName) throws -> LastHeard {
        var heard = LastHeard()
        // Newest first; steps over those that were found since.
        let latest = try first(
            """
            SELECT id, event, receivedAt FROM delivery
            WHERE repositoryKey = ? AND NOT (\(Self.isFound)) AND NOT (\(Self.isOther))
            ORDER BY id DESC LIMIT 1
            """, [repository.key]
        ) { columns in
            (id: try columns.next(Int64.self), event: try columns.next(String.self), time: try columns.date())
        }
        (heard.at, heard.event) = (latest?.time, latest?.event)
        heard.foundAt = try first(
            """
            SELECT receivedAt FROM delivery INDEXED BY delivery_found WHERE repositoryKey = ? AND \(Self.isFound)
            ORDER BY id DESC LIMIT 1
            """, [repository.key]
        ) { columns in try columns.date() }
        guard heard.foundAt != nil else { return heard }
        heard.foundSince =
            try first(
                """
                SELECT COUNT(*) FROM delivery INDEXED BY delivery_found
                WHERE repositoryKey = ? AND \(Self.isFound) AND id > ?
                """, [repository.key, latest?.id ?? 0]
            ) { columns in try columns.next(Int.self) } ?? 0
        return heard
    }
}
