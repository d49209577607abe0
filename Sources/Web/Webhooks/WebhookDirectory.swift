import Model
import ServiceLifecycle
import Store

/// The webhooks that deliveries are accepted for, with their secrets, in memory: a request costs no query.
struct WebhookDirectory: Sendable {
    /// What a delivery is checked with.
    struct Entry: Sendable {
        /// As declared, whatever the letter case of the address.
        var name: WebhookName
        /// The secrets as they were when the directory was read.
        var secrets: AcceptedSecrets
    }

    private let entries: StoreCache<[WebhookName: Entry]>
    private let store: Store
    private let keys: [SecretKey]
    /// What deliveries of organizations' and apps' webhooks may be signed with.
    let accountSecrets: [[UInt8]]

    /// - Parameters:
    ///   - keys: the server's secret key, then former ones.
    ///   - adminRepository: has a webhook too, if it is on GitHub.
    init(store: Store, keys: [SecretKey], adminRepository: RepositoryName?) {
        self.store = store
        self.keys = keys
        accountSecrets = keys.map { Array($0.accountWebhookSecret.utf8) }
        entries = StoreCache(store.changes, [.projects, .config]) {
            var names: [WebhookName] = []
            if let adminRepository { names.append(WebhookName(adminRepository, .adminRepository)) }
            for project in try await store.activeProjects() {
                names += project.config.hooks.map { WebhookName(project.repository, $0.id) }
            }
            let states = try await store.webhookSecrets()
            let entries = names.map { name in
                Entry(name: name, secrets: AcceptedSecrets(name, states[name] ?? WebhookSecrets(), keys: keys))
            }
            return Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
        }
    }

    /// Keeps it current.
    var service: any Service { entries }

    /// The webhook at an address, `nil` when nothing is declared there.
    ///
    /// One that is not known is looked for once more, because it may have been declared a moment ago; but not for
    /// every request of a stranger.
    func entry(_ name: WebhookName) async throws -> Entry? {
        if let known = try await entries.value()[name] { return known }
        return try await entries.value(notOlderThan: .seconds(1))[name]
    }

    /// The webhook's secrets as they are in the store now: a fresh one is stored before GitHub is given it, and its
    /// first delivery may be here before the directory was told.
    func currentSecrets(_ name: WebhookName) async throws -> AcceptedSecrets {
        AcceptedSecrets(name, try await store.webhookSecrets(name.repository, name.hook), keys: keys)
    }
}
