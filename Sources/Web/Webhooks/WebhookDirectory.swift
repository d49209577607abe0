import Model
import ServiceLifecycle
import Store

/// The webhooks that deliveries are accepted for, with their secrets, in memory: a request costs no query.
struct WebhookDirectory: Sendable {
    /// A webhook's address.
    private struct Key: Hashable {
        var repository: RepositoryName
        var hook: HookID
    }

    /// What a delivery is checked with.
    struct Entry: Sendable {
        /// As declared, whatever the letter case of the address.
        var repository: RepositoryName
        var hook: HookID
        /// The secret as GitHub has it.
        var secret: [UInt8]
    }

    private let entries: StoreCache<[Key: Entry]>

    /// - Parameter adminRepository: has a webhook too, if it is on GitHub.
    init(store: Store, secretKey: SecretKey, adminRepository: RepositoryName?) {
        entries = StoreCache(store.changes, [.projects, .config]) {
            var entries: [Key: Entry] = [:]
            if let adminRepository {
                entries[Key(repository: adminRepository, hook: .adminRepository)] = Entry(
                    repository: adminRepository, hook: .adminRepository,
                    secret: Array(secretKey.webhookSecret(adminRepository, .adminRepository).utf8))
            }
            for project in try await store.activeProjects() {
                for hook in project.config.hooks {
                    entries[Key(repository: project.repository, hook: hook.id)] = Entry(
                        repository: project.repository, hook: hook.id,
                        secret: Array(secretKey.webhookSecret(project.repository, hook.id).utf8))
                }
            }
            return entries
        }
    }

    /// Keeps it current.
    var service: any Service { entries }

    /// The webhook at an address, `nil` when nothing is declared there.
    ///
    /// One that is not known is looked for once more, because it may have been declared a moment ago; but not for
    /// every request of a stranger.
    func entry(_ repository: RepositoryName, _ hook: HookID) async throws -> Entry? {
        let key = Key(repository: repository, hook: hook)
        if let known = try await entries.value()[key] { return known }
        return try await entries.value(notOlderThan: .seconds(1))[key]
    }
}
