import Foundation
internal import GRDB
import Model

extension Store {
    /// The projects that are declared now, by name.
    public func activeProjects() async throws(StoreError) -> [ProjectRecord] {
        try await projects("WHERE isActive = 1")
    }

    /// How each of them stands, by name.
    public func projectStandings() async throws(StoreError) -> [ProjectStanding] {
        try await database.read { db in
            try db.all(
                """
                SELECT id, repository, condition, keptSince IS NOT NULL FROM project WHERE isActive = 1
                ORDER BY repositoryKey
                """
            ) { columns in
                ProjectStanding(
                    id: try columns.next(), name: try columns.next(),
                    status: try columns.value(ProjectCondition.Status.init(rawValue:)), isKept: try columns.next())
            }
        }
    }

    /// Those of these projects that there are, by their numbers.
    public func projects(_ ids: some Collection<Int64>) async throws(StoreError) -> [Int64: ProjectRecord] {
        let asked = "[\(Set(ids).map(String.init).joined(separator: ","))]"
        let found = try await database.read { db in
            try db.all(
                "SELECT \(ProjectRecord.columns) FROM project WHERE id IN (SELECT value FROM json_each(?))", [asked],
                ProjectRecord.init)
        }
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The declared projects with a hook that runs on a schedule, and perhaps some others, by name.
    public func activeProjectsWithSchedules() async throws(StoreError) -> [ProjectRecord] {
        // The key of JSON; within a text its quotation marks would be escaped.
        try await projects("WHERE isActive = 1 AND instr(config, '\"schedule\":') > 0")
    }

    /// The projects that are no longer declared but still have webhooks of ours to be removed, by name.
    public func inactiveProjectsWithWebhooks() async throws(StoreError) -> [ProjectRecord] {
        try await projects(
            "WHERE isActive = 0 AND EXISTS (SELECT 1 FROM webhook WHERE webhook.projectID = project.id)")
    }

    /// The numbers of all projects, declared now or once.
    public func projectNumbers() async throws(StoreError) -> [Int64] {
        try await database.read { db in
            try db.all("SELECT id FROM project ORDER BY id") { columns in try columns.next(Int64.self) }
        }
    }

    /// The project of that name, declared now or once; letter case does not matter.
    public func project(_ repository: RepositoryName) async throws(StoreError) -> ProjectRecord? {
        try await database.read { db in
            try db.first(
                "SELECT \(ProjectRecord.columns) FROM project WHERE repositoryKey = ?", [repository.key],
                ProjectRecord.init)
        }
    }

    /// The project of that number.
    public func project(id: Int64) async throws(StoreError) -> ProjectRecord? {
        try await database.read { db in try db.project(id) }
    }

    /// Says whether GitHub agrees with a project's configuration.
    ///
    /// - Parameters:
    ///   - condition: `since` is taken only when the status or the reason is another one than before.
    ///   - configCommit: the commit of the configuration that was compared. When a newer one was applied meanwhile,
    ///     nothing is changed: the newer one has to be compared first.
    ///   - retry: when it is tried again, if it has to be. Nobody is told of that alone: it changes with every try.
    /// - Returns: whether that was still the project's commit.
    @discardableResult
    public func setCondition(
        _ projectID: Int64, _ condition: ProjectCondition, configCommit: String, retry: ProjectRetry? = nil
    ) async throws(StoreError) -> Bool {
        let (isCurrent, isChange) = try await database.write { db in
            let current = try db.first(
                "SELECT configCommit, condition, conditionReason FROM project WHERE id = ?", [projectID]
            ) { columns in
                (
                    commit: try columns.next(String.self), status: try columns.next(String.self),
                    reason: try columns.next(String?.self)
                )
            }
            guard let current, current.commit == configCommit else { return (false, false) }
            try db.run(
                "UPDATE project SET failedTries = ?1, retryAt = ?2 WHERE id = ?3 AND (failedTries, retryAt) IS NOT (?1, ?2)",
                [retry?.failures ?? 0, retry?.nextTryAt.milliseconds, projectID])
            guard current.status != condition.status.rawValue || current.reason != condition.reason else {
                return (true, false)
            }
            try db.run(
                "UPDATE project SET condition = ?, conditionReason = ?, conditionSince = ? WHERE id = ?",
                [condition.status.rawValue, condition.reason, condition.since.milliseconds, projectID])
            return (true, true)
        }
        if isChange { notify([.projects]) }
        return isCurrent
    }

    /// Remembers what GitHub says about the repository.
    public func setGitHubFacts(
        _ projectID: Int64, githubID: Int64, isPrivate: Bool, defaultBranch: String?
    ) async throws(StoreError) {
        let isChange = try await database.write { db in
            try db.run(
                """
                UPDATE project SET githubID = ?1, isPrivate = ?2, defaultBranch = ?3
                WHERE id = ?4 AND (githubID IS NOT ?1 OR isPrivate IS NOT ?2 OR defaultBranch IS NOT ?3)
                """, [githubID, isPrivate, defaultBranch, projectID])
            return db.changesCount > 0
        }
        if isChange { notify([.projects]) }
    }

    /// The webhooks that we made for a project, by hook.
    public func webhooks(_ projectID: Int64) async throws(StoreError) -> [WebhookRecord] {
        try await database.read { db in
            try db.all(
                "SELECT \(WebhookRecord.columns) FROM webhook WHERE projectID = ? ORDER BY hook", [projectID],
                WebhookRecord.init)
        }
    }

    /// Remembers a webhook; a hook has one, so one of another number that the hook had is forgotten.
    ///
    /// Signatures of the secret that GitHub had before are accepted for another hour: deliveries may be under way.
    public func saveWebhook(_ webhook: WebhookRecord) async throws(StoreError) {
        let time = now()
        try await database.write { db in
            try db.keepFormerSecret(of: webhook, at: time)
            try db.run(
                "DELETE FROM webhook WHERE githubID = ? OR (projectID = ? AND hook = ?)",
                [webhook.githubID, webhook.projectID, webhook.hook.description])
            try db.run(
                "INSERT INTO webhook (\(WebhookRecord.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    webhook.projectID, webhook.hook.description, webhook.githubID, webhook.secretFingerprint,
                    webhook.url, webhook.updatedAt.milliseconds, webhook.refusedAt?.milliseconds,
                ])
        }
        notify([.projects])
    }

    /// Forgets a webhook that is gone from GitHub.
    public func removeWebhook(githubID: Int64) async throws(StoreError) {
        try await database.write { db in try db.run("DELETE FROM webhook WHERE githubID = ?", [githubID]) }
        notify([.projects])
    }

    private func projects(_ condition: String) async throws(StoreError) -> [ProjectRecord] {
        try await database.read { db in
            try db.all(
                "SELECT \(ProjectRecord.columns) FROM project \(condition) ORDER BY repositoryKey", [],
                ProjectRecord.init)
        }
    }
}
