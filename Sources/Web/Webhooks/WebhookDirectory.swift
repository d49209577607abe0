import Model
import ServiceLifecycle
import Store
import Synchronization

/// The webhooks that deliveries are accepted for, with their secrets, in memory: a request costs no query.
struct WebhookDirectory: Sendable {
    /// What a delivery is checked with.
    struct Entry: Sendable {
        /// As declared, whatever the letter case of the address.
        var name: WebhookName
        /// The secrets as they were when the directory was read.
        var secrets: AcceptedSecrets
        /// What they were derived from.
        fileprivate var state: WebhookSecrets

        fileprivate func isOf(_ other: WebhookName, _ otherState: WebhookSecrets) -> Bool {
            // Equal names may be written in other letters.
            state == otherState && name.repository.description == other.repository.description
        }
    }

    /// By what is left of their addresses.
    private let entries: StoreCache<[String: Entry]>
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
        // To derive the secrets of thousands of webhooks takes a while, and only those of a few are new.
        let last = Mutex<[String: Entry]>([:])
        entries = StoreCache(store.changes, [.projects, .config]) {
            var names = try await store.declaredWebhooks()
            if let adminRepository { names.insert(WebhookName(adminRepository, .adminRepository), at: 0) }
            let states = try await store.webhookSecrets()
            let known = last.withLock { $0 }
            var entries: [String: Entry] = [:]
            for name in names {
                let key = Self.key(name)
                guard entries[key] == nil else { continue }
                let state = states[name] ?? WebhookSecrets()
                if let entry = known[key], entry.isOf(name, state) {
                    entries[key] = entry
                } else {
                    entries[key] = Entry(name: name, secrets: AcceptedSecrets(name, state, keys: keys), state: state)
                }
            }
            last.withLock { $0 = entries }
            return entries
        }
    }

    /// Keeps it current.
    var service: any Service { entries }

    /// The webhook at an address, `nil` when nothing is declared there. The address is compared as a text: reading names
    /// takes longer than checking a signature.
    ///
    /// One that is not known is looked for once more, because it may have been declared a moment ago; but not for
    /// every request of a stranger.
    ///
    /// - Parameter hook: `nil` for the admin repository's own.
    func entry(owner: String, repository: String, hook: String?) async throws -> Entry? {
        let key = Self.key("\(owner)/\(repository)".lowercased(), hook)
        if let known = try await entries.value()[key] { return known }
        return try await entries.value(notOlderThan: .seconds(1))[key]
    }

    private static func key(_ name: WebhookName) -> String {
        key(name.repository.key, name.hook == .adminRepository ? nil : name.hook.description)
    }

    /// What stands in an address is never empty, so no hook has the admin repository's key.
    private static func key(_ repository: String, _ hook: String?) -> String { "\(repository)/\(hook ?? "")" }

    /// The webhook's secrets as they are in the store now: a fresh one is stored before GitHub is given it, and its
    /// first delivery may be here before the directory was told.
    func currentSecrets(_ name: WebhookName) async throws -> AcceptedSecrets {
        AcceptedSecrets(name, try await store.webhookSecrets(name.repository, name.hook), keys: keys)
    }
}
