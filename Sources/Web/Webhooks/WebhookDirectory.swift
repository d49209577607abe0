import Model
import ServiceLifecycle
import Store
import Synchronization

/// The webhooks that deliveries are accepted for, with their secrets, in memory: a request costs no query.
///
/// It is read anew whenever the store says that projects changed, and once more when an address is not found, so that
/// a webhook that was made a moment ago is known although the signal has not arrived yet.
final class WebhookDirectory: Service {
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

    private let store: Store
    private let secretKey: SecretKey
    private let entries = Mutex<[Key: Entry]?>(nil)

    init(store: Store, secretKey: SecretKey) {
        self.store = store
        self.secretKey = secretKey
    }

    /// Forgets what is known whenever projects change, until graceful shutdown.
    func run() async throws {
        for await _ in store.changes.subscribe([.projects, .config]).cancelOnGracefulShutdown() {
            entries.withLock { $0 = nil }
        }
    }

    /// The webhook at an address, `nil` when nothing is declared there.
    func entry(_ repository: RepositoryName, _ hook: HookID) async throws -> Entry? {
        let key = Key(repository: repository, hook: hook)
        if let known = entries.withLock({ $0 }) { return known[key] }
        let read = try await read()
        entries.withLock { $0 = read }
        return read[key]
    }

    private func read() async throws -> [Key: Entry] {
        var entries: [Key: Entry] = [:]
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
