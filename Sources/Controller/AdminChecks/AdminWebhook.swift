import GitHub
import Logging
import Model
import Reconciler
import ServiceLifecycle
import Store

/// Makes and keeps the admin repository's own webhook, so that a push to it is live at once and not at the next look.
public struct AdminWebhook: Service {
    private let repository: RepositoryName
    private let configuration: ControllerConfiguration
    private let store: Store
    private let client: GitHubClient
    private let logger: Logger

    /// - Parameter repository: the admin repository.
    public init(
        repository: RepositoryName, configuration: ControllerConfiguration, store: Store, client: GitHubClient,
        logger: Logger
    ) {
        self.repository = repository
        self.configuration = configuration
        self.store = store
        self.client = client
        self.logger = logger
    }

    /// Runs until graceful shutdown. Without the right to make webhooks the admin repository is read on the interval.
    public func run() async throws {
        let failures = FailureCount()
        await PassLoop(topics: [.wantedSync], interval: configuration.syncInterval, changes: store.changes).run {
            do {
                try await pass()
                failures.reset()
                return nil
            } catch {
                let count = failures.next()
                if count == 1, !(error is CancellationError) {
                    logger.warning(
                        """
                        the admin repository's webhook cannot be made, so it is read on the interval only; the token \
                        needs admin rights on \(repository): \(error)
                        """)
                }
                return Backoff().delay(after: count)
            }
        }
    }

    /// One comparison. What a lost answer leaves open is found by the next one.
    func pass() async throws {
        var known = try await store.adminWebhook()
        if let former = known, former.repository != repository {
            try? await client.deleteHook("\(former.repository)", former.githubID)
            try await store.saveAdminWebhook(nil)
            known = nil
        }
        let address = configuration.adminWebhookURL(repository)
        let ours = try await client.hooks("\(repository)").filter {
            $0.name == "web" && ($0.id == known?.githubID || Self.isAt(address, $0.url))
        }
        let generation = try await generation(known, ours)
        let url = WebhookAddress.rotated(address, generation)
        let kept = ours.first { $0.id == known?.githubID } ?? ours.first
        for double in ours where double.id != kept?.id { try await client.deleteHook("\(repository)", double.id) }
        let fingerprint = configuration.secretKey.webhookSecretFingerprint(
            repository, .adminRepository, generation: generation)
        let spec = GitHubHookSpec(
            url: url, events: (["pull_request", "push"] + AccessEvent.ofRepositories).sorted(),
            secret: GitHubSecret(
                configuration.secretKey.webhookSecret(repository, .adminRepository, generation: generation)))
        let hook: GitHubHook
        if let kept, Self.isAsWanted(kept, spec), Self.hasSecret(kept, known, fingerprint) {
            hook = kept
        } else if let kept {
            hook = try await client.updateHook("\(repository)", kept.id, spec)
            logger.info("the admin repository's webhook is as it should be again")
        } else {
            hook = try await client.createHook("\(repository)", spec)
            logger.info("the admin repository has a webhook now", metadata: ["repository": "\(repository)"])
        }
        let record = AdminWebhookRecord(repository: repository, githubID: hook.id, secretFingerprint: fingerprint)
        if record != known { try await store.saveAdminWebhook(record) }
    }

    /// Without a record the database was lost, and the address tells which secret there is.
    private func generation(_ known: AdminWebhookRecord?, _ ours: [GitHubHook]) async throws -> Int {
        let generation = try await store.webhookSecrets(repository, .adminRepository).generation
        let latest = ours.map { WebhookAddress.generation(of: $0.url) }.max() ?? 1
        guard known == nil, latest > generation else { return generation }
        try await store.raiseWebhookGeneration(repository, .adminRepository, to: latest)
        return latest
    }

    private static func isAt(_ address: String, _ url: String) -> Bool {
        url.prefix { $0 != "?" }.lowercased() == address.lowercased()
    }

    private static func isAsWanted(_ hook: GitHubHook, _ spec: GitHubHookSpec) -> Bool {
        hook.url == spec.url && hook.active && hook.events.sorted() == spec.events
            && hook.contentType == spec.contentType && hook.insecureSSL == spec.insecureSSL
    }

    /// GitHub tells no secret. Without a record, one whose deliveries we did not refuse is taken to be ours.
    private static func hasSecret(_ hook: GitHubHook, _ known: AdminWebhookRecord?, _ fingerprint: String) -> Bool {
        guard hook.hasSecret else { return false }
        guard let known, known.githubID == hook.id else { return hook.lastResponse?.code != 401 }
        return known.secretFingerprint == fingerprint
    }
}
