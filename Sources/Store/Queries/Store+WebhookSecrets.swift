import Foundation
internal import GRDB
import Model

extension Store {
    /// Of all webhooks that are remembered; one that is missing has the first secret only.
    public func webhookSecrets() async throws(StoreError) -> [WebhookName: WebhookSecrets] {
        let time = now().milliseconds
        return try await database.read { db in try db.webhookSecrets(at: time) }
    }

    /// The webhooks of the hooks that are declared now.
    public func declaredWebhooks() async throws(StoreError) -> [WebhookName] {
        try await database.read { db in
            // One configuration after the other: those of thousands are megabytes.
            try db.all("SELECT config FROM project WHERE isActive = 1 ORDER BY repositoryKey") { columns in
                let project = try JSONColumn.project(columns.next())
                return project.hooks.map { WebhookName(project.repository, $0.id) }
            }.flatMap(\.self)
        }
    }

    /// Of one webhook, as it is at this moment.
    public func webhookSecrets(
        _ repository: RepositoryName, _ hook: HookID
    ) async throws(StoreError) -> WebhookSecrets {
        let time = now().milliseconds
        return try await database.read { db in
            var secrets = WebhookSecrets()
            secrets.generation = try db.generations(repository).webhook(hook)
            if hook == .adminRepository {
                secrets.onGitHub = try String.fetchOne(
                    db.cachedStatement(sql: "SELECT secretFingerprint FROM adminWebhook WHERE lower(repository) = ?"),
                    arguments: [repository.key])
            } else {
                secrets.onGitHub = try String.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT webhook.secretFingerprint FROM project JOIN webhook ON webhook.projectID = project.id
                            WHERE project.repositoryKey = ? AND webhook.hook = ?
                            """), arguments: [repository.key, hook.description])
            }
            let former = try db.all(
                "SELECT fingerprint, acceptedUntil FROM formerSecret WHERE repositoryKey = ? AND hook = ?",
                [repository.key, hook.description]
            ) { columns in (try columns.next(String.self), try columns.next(Int64.self)) }
            for (fingerprint, until) in former where until > time {
                secrets.former[fingerprint] = Date(milliseconds: until)
            }
            return secrets
        }
    }

    /// Remembers that GitHub has a webhook with a later secret than is known: the database was lost, or is an old copy.
    public func raiseWebhookGeneration(
        _ repository: RepositoryName, _ hook: HookID, to generation: Int
    ) async throws(StoreError) {
        try await database.write { db in try db.raise(repository.key, hook.description, to: generation) }
        notify([.projects])
    }

    /// Remembers that a delivery of GitHub's webhook of that number was not signed with a secret of ours, so that the
    /// secret is set again; once, and not for one that was set a moment ago.
    ///
    /// - Returns: whether that is news.
    @discardableResult
    public func noteRefusedDelivery(
        _ repository: RepositoryName, _ hook: HookID, githubID: Int64
    ) async throws(StoreError) -> Bool {
        let time = now().milliseconds
        let condition = """
            webhook.githubID = ? AND webhook.hook = ? AND webhook.refusedAt IS NULL AND webhook.updatedAt < ?
                AND webhook.projectID = (SELECT id FROM project WHERE repositoryKey = ?)
            """
        let settled = time - Self.quietAfterUpdate
        let found = try await database.read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT projectID FROM webhook WHERE \(condition)"),
                arguments: [githubID, hook.description, settled, repository.key])
        }
        // Anybody can send what is refused; a stranger who does not know the number causes no write.
        guard let projectID = found else { return false }
        try await database.write { db in
            try db.run(
                "UPDATE webhook SET refusedAt = ? WHERE \(condition)",
                [time, githubID, hook.description, settled, repository.key])
            try db.wantSync(projectID)
        }
        notify([.projects, .wantedSync])
        return true
    }

    /// A webhook that was set again is believed for a minute, in milliseconds.
    private static let quietAfterUpdate: Int64 = 60_000
}

extension Database {
    /// How long a former secret is accepted, in milliseconds: GitHub may have deliveries under way, and repeats them on
    /// request with the new secret anyway.
    private static let acceptance: Int64 = 3_600_000

    func generations(_ repository: RepositoryName) throws -> SecretGenerations {
        let rows = try all(
            "SELECT purpose, generation FROM secretGeneration WHERE repositoryKey = ?", [repository.key]
        ) { columns in (try columns.next(String.self), try columns.next(Int.self)) }
        return SecretGenerations(Dictionary(rows) { first, _ in first })
    }

    func raise(_ repositoryKey: String, _ purpose: String, to generation: Int) throws {
        try run(
            """
            INSERT INTO secretGeneration (repositoryKey, purpose, generation) VALUES (?, ?, ?)
            ON CONFLICT (repositoryKey, purpose) DO UPDATE SET generation = max(generation, excluded.generation)
            """, [repositoryKey, purpose, generation])
    }

    /// Keeps the secret that GitHub had before this record.
    func keepFormerSecret(of webhook: WebhookRecord, at time: Date) throws {
        guard let project = try project(webhook.projectID) else { return }
        let before = try String.fetchOne(
            cachedStatement(sql: "SELECT secretFingerprint FROM webhook WHERE projectID = ? AND hook = ?"),
            arguments: [webhook.projectID, webhook.hook.description])
        try keepFormerSecret(
            project.repository, webhook.hook, now: webhook.secretFingerprint, before: before, at: time)
    }

    func keepFormerSecret(
        _ repository: RepositoryName, _ hook: HookID, now fingerprint: String, before: String?, at time: Date
    ) throws {
        guard let before, before != fingerprint else { return }
        try run("DELETE FROM formerSecret WHERE acceptedUntil < ?", [time.milliseconds])
        try run(
            """
            INSERT INTO formerSecret (repositoryKey, hook, fingerprint, acceptedUntil) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (repositoryKey, hook, fingerprint) DO UPDATE SET acceptedUntil = ?4
            """, [repository.key, hook.description, before, time.milliseconds + Self.acceptance])
    }

    fileprivate func webhookSecrets(at time: Int64) throws -> [WebhookName: WebhookSecrets] {
        var secrets: [WebhookName: WebhookSecrets] = [:]
        func name(_ columns: inout Columns) throws -> WebhookName {
            WebhookName(
                try columns.value { RepositoryName($0) }, try columns.value { HookID(ofDelivery: $0) })
        }
        let generations = try all(
            "SELECT repositoryKey, purpose, generation FROM secretGeneration WHERE purpose <> '_deploy_key'"
        ) { columns in (try name(&columns), try columns.next(Int.self)) }
        for (name, generation) in generations { secrets[name, default: WebhookSecrets()].generation = generation }
        let recorded = try all(
            """
            SELECT project.repository, webhook.hook, webhook.secretFingerprint
            FROM webhook JOIN project ON project.id = webhook.projectID
            UNION ALL SELECT repository, '_config', secretFingerprint FROM adminWebhook
            """
        ) { columns in (try name(&columns), try columns.next(String.self)) }
        for (name, fingerprint) in recorded { secrets[name, default: WebhookSecrets()].onGitHub = fingerprint }
        let former = try all(
            "SELECT repositoryKey, hook, fingerprint, acceptedUntil FROM formerSecret WHERE acceptedUntil > ?", [time]
        ) { columns in (try name(&columns), try columns.next(String.self), try columns.next(Int64.self)) }
        for (name, fingerprint, until) in former {
            secrets[name, default: WebhookSecrets()].former[fingerprint] = Date(milliseconds: until)
        }
        return secrets
    }
}
