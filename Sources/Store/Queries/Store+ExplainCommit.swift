import Foundation
internal import GRDB
import Model

/// The same answers as `peek` gives, for the process that has the store open.
extension Store {
    /// Deliveries by GUID, oldest first. GitHub gives all webhooks of one event the same GUID.
    public func deliveries(guid: String) async throws(StoreError) -> [ExplainedDelivery] {
        try await database.read { db in
            try db.explainedDeliveries("delivery.guid = ? ORDER BY delivery.id LIMIT 100", [guid])
        }
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
