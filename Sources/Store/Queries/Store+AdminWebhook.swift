internal import GRDB
import Model

extension Store {
    /// The webhook that was made for the admin repository.
    public func adminWebhook() async throws(StoreError) -> AdminWebhookRecord? {
        try await database.read { db in
            try db.first("SELECT repository, githubID, secretFingerprint FROM adminWebhook") { columns in
                AdminWebhookRecord(
                    repository: try columns.value { RepositoryName($0) }, githubID: try columns.next(),
                    secretFingerprint: try columns.next())
            }
        }
    }

    /// Remembers it; `nil` when there is none any more. Signatures of the secret that GitHub had before are accepted for
    /// another hour.
    public func saveAdminWebhook(_ webhook: AdminWebhookRecord?) async throws(StoreError) {
        let time = now()
        try await database.write { db in
            if let webhook {
                try db.keepFormerSecret(
                    webhook.repository, .adminRepository, now: webhook.secretFingerprint,
                    before: String.fetchOne(
                        db.cachedStatement(sql: "SELECT secretFingerprint FROM adminWebhook WHERE repository = ?"),
                        arguments: [webhook.repository.description]), at: time)
            }
            try db.run("DELETE FROM adminWebhook")
            guard let webhook else { return }
            try db.run(
                "INSERT INTO adminWebhook (id, repository, githubID, secretFingerprint) VALUES (1, ?, ?, ?)",
                [webhook.repository.description, webhook.githubID, webhook.secretFingerprint])
        }
        notify([.projects])
    }

    /// Says that the admin repository is worth a look.
    public func noteAdminRepositoryChange() { notify([.adminRepository]) }
}
