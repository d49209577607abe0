import Foundation
internal import GRDB
import Model

/// The same answers as `peek` gives, for the process that has the store open.
extension Store {
    /// Deliveries by GUID, oldest first. GitHub gives all webhooks of one event the same GUID.
    public func deliveries(guid: String) async throws(StoreError) -> [ExplainedDelivery] {
        try await database.read { db in try db.deliveries(guid: guid) }
    }

    /// What came of a commit: the deliveries about it and its builds, oldest first.
    ///
    /// - Parameters:
    ///   - commit: its id, or the beginning of it.
    ///   - repository: only this project's.
    public func explained(
        commit: String, repository: RepositoryName?
    ) async throws(StoreError) -> (deliveries: [ExplainedDelivery], builds: [ExplainedBuild]) {
        try await database.read { db in try db.explained(commit: commit, repository: repository) }
    }
}

extension Database {
    /// Deliveries by GUID, oldest first.
    ///
    /// Goes from webhook to webhook in the index that keeps deliveries unique, and looks the GUID up for each: there are
    /// few webhooks and very many deliveries, and an index more would cost every delivery a write for a rare question.
    func deliveries(guid: String) throws -> [ExplainedDelivery] {
        try explainedDeliveries(
            """
            delivery.id IN (
                WITH RECURSIVE known (id) AS (
                    SELECT (
                        SELECT id FROM delivery WHERE repositoryKey > ''
                        ORDER BY repositoryKey, hook, guid LIMIT 1)
                    UNION ALL
                    SELECT coalesce(
                        (SELECT later.id FROM delivery AS later
                        WHERE later.repositoryKey = sample.repositoryKey AND later.hook > sample.hook
                        ORDER BY later.hook, later.guid LIMIT 1),
                        (SELECT later.id FROM delivery AS later WHERE later.repositoryKey > sample.repositoryKey
                        ORDER BY later.repositoryKey, later.hook, later.guid LIMIT 1))
                    FROM known JOIN delivery AS sample ON sample.id = known.id
                )
                SELECT found.id FROM known JOIN delivery AS sample ON sample.id = known.id
                JOIN delivery AS found ON found.repositoryKey = sample.repositoryKey AND found.hook = sample.hook
                    AND found.guid = ?)
            ORDER BY delivery.id LIMIT 100
            """, [guid])
    }

    /// What came of a commit, or of those that begin so.
    func explained(
        commit: String, repository: RepositoryName?
    ) throws -> (deliveries: [ExplainedDelivery], builds: [ExplainedBuild]) {
        // Hexadecimal digits end before g.
        let range: StatementArguments = [commit, commit + "g"]
        let name = StatementArguments(repository.map { [$0.key] } ?? [])
        let isOfRepository = repository == nil ? "" : " AND delivery.repositoryKey = ?"
        let deliveries = try explainedDeliveries(
            "delivery.sha >= ? AND delivery.sha < ?\(isOfRepository) ORDER BY delivery.id LIMIT 1000", range + name)
        let isOfProject = repository == nil ? "" : " AND project.repositoryKey = ?"
        let builds = try all(
            """
            SELECT \(BuildRecord.columns), project.repository FROM build
            JOIN project ON project.id = build.projectID
            WHERE build.sha >= ? AND build.sha < ?\(isOfProject) ORDER BY build.id LIMIT 1000
            """, range + name
        ) { columns in
            let build = try BuildRecord(&columns)
            return (build, try columns.value { RepositoryName($0) })
        }
        return (
            deliveries,
            try builds.map { build, repository in
                ExplainedBuild(
                    repository: repository, build: build,
                    jobs: try all(JobRecord.latestAttempts, [build.id], JobRecord.init))
            }
        )
    }
}
