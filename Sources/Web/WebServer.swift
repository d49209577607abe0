import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Store

/// The pages, the raw logs and their events, the badges, the probes, and the address that GitHub's webhooks call.
public struct WebServer: Service {
    private let configuration: WebConfiguration
    private let store: Store
    private let readiness: @Sendable () async -> [ReadinessCheck]
    private let metrics: MetricsSources
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - readiness: what `/_health/ready` answers; called for each request.
    ///   - metrics: what `/_metrics` says beside the store's figures.
    ///   - onRunning: called once with the port when requests are answered.
    public init(
        configuration: WebConfiguration, store: Store,
        readiness: @escaping @Sendable () async -> [ReadinessCheck], metrics: MetricsSources = MetricsSources(),
        logger: Logger, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.store = store
        self.readiness = readiness
        self.metrics = metrics
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Runs until graceful shutdown; open event streams end then.
    public func run() async throws {
        do {
            try await makeApplication().runService(gracefulShutdownSignals: [])
        } catch {
            throw ListenProblem(error, host: configuration.host, port: configuration.port) ?? error
        }
    }

    /// The application; tests use it without a socket.
    func makeApplication() throws -> some ApplicationProtocol {
        let onRunning = onRunning
        let directory = WebhookDirectory(
            store: store, keys: [configuration.secretKey] + configuration.oldSecretKeys,
            adminRepository: configuration.adminRepository)
        let caches = PageCaches(store)
        let (ledger, lag) = (MetricsLedger(store: store), LoopLag())
        let feeds = LogFeeds(store: store)
        let figures = MetricsEndpoint(
            store: store, ledger: ledger, lag: lag, sources: metrics, version: configuration.version)
        return Application(
            router: try makeRouter(directory: directory, caches: caches, metrics: figures, feeds: feeds),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "kozmic"),
            services: [directory.service, caches.overview, caches.syncTrouble, ledger, lag, feeds],
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    private func makeRouter(
        directory: WebhookDirectory, caches: PageCaches, metrics: MetricsEndpoint, feeds: LogFeeds
    ) throws -> Router<WebContext> {
        let assets = Assets()
        let policy = AccessPolicy(showsPrivate: configuration.showsPrivate)
        let renderer = try PageRenderer(
            configuration: configuration, assets: assets, policy: policy, syncTrouble: caches.syncTrouble,
            logger: logger)
        let sessions = Sessions(store: store, configuration: configuration, logger: logger)
        let callers = Callers(
            sessions: sessions,
            tokens: TokenAccounts(ask: configuration.account, now: { [store] in store.time }, logger: logger))
        let limits = CallLimits(
            requests: configuration.callRate, introductions: configuration.introductionRate,
            now: { [store] in store.time })
        let admission = Admission(callers: callers, limits: limits, proxies: configuration.proxies)
        let readers = TokenReaders(admission: admission)
        let lookup = PageLookup(store: store, policy: policy, callers: callers)
        let indexes = LogIndexes(store.logs)
        let logs = LogExcerpts(store.logs, indexes)
        let gitHubURL = configuration.gitHubURL
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: JobGate(isJob: configuration.isJobAddress, proxies: configuration.proxies))
        router.add(middleware: APIGate(admission: admission, logger: logger))
        router.add(middleware: Visitors(sessions: sessions))
        router.add(middleware: PageTransfer(showsPrivate: configuration.showsPrivate))
        router.add(
            middleware: ProblemPages(renderer: renderer, canSignIn: configuration.signIn != nil, logger: logger))
        WebhookEndpoint(store: store, directory: directory, logger: logger).add(to: router)
        HealthEndpoints(readiness: readiness).add(to: router)
        metrics.add(to: router)
        try KeysEndpoint(secretKey: configuration.secretKey).add(to: router)
        assets.add(to: router)
        SchemaEndpoint().add(to: router)
        SignInEndpoint(
            store: store, sessions: sessions, configuration: configuration, renderer: renderer, logger: logger
        ).add(to: router)
        AccountPage(store: store, renderer: renderer, gitHubURL: gitHubURL).add(to: router)
        BadgeEndpoint(store: store, lookup: lookup, readers: readers).add(to: router)
        AvatarEndpoint(store: store, lookup: lookup).add(to: router)
        FeedEndpoint(store: store, lookup: lookup, readers: readers, externalURL: configuration.externalURL)
            .add(to: router)
        RawLogEndpoint(store: store, lookup: lookup, admission: admission).add(to: router)
        LogEventsEndpoint(store: store, lookup: lookup, feeds: feeds).add(to: router)
        LogLinesEndpoint(store: store, lookup: lookup, indexes: indexes).add(to: router)
        LogSectionsEndpoint(store: store, lookup: lookup, indexes: indexes).add(to: router)
        LogSearchEndpoint(store: store, lookup: lookup, indexes: indexes, admission: admission).add(to: router)
        LogComparisonEndpoint(
            store: store, lookup: lookup, indexes: indexes, admission: admission,
            page: LogComparisonPage(
                renderer: renderer, gitHubURL: gitHubURL, externalURL: configuration.externalURL)
        ).add(to: router)
        let buildPage = BuildPage(
            store: store, lookup: lookup, renderer: renderer, logs: logs, gitHubURL: gitHubURL,
            links: AdminLinks(configuration))
        buildPage.add(to: router)
        ProjectsPage(overview: caches.overview, lookup: lookup, renderer: renderer, gitHubURL: gitHubURL)
            .add(to: router)
        LatestPage(store: store, lookup: lookup, renderer: renderer, buildPage: buildPage).add(to: router)
        HistoryPage(store: store, lookup: lookup, renderer: renderer, gitHubURL: gitHubURL).add(to: router)
        BranchesPage(
            store: store, lookup: lookup, renderer: renderer, gitHubURL: gitHubURL,
            startBuild: configuration.startBuild
        ).add(to: router)
        JobPage(
            store: store, lookup: lookup, renderer: renderer, logs: logs, gitHubURL: gitHubURL,
            bisections: configuration.bisections
        ).add(to: router)
        ActionEndpoint(store: store, lookup: lookup).add(to: router)
        SettingsPage(store: store, lookup: lookup, renderer: renderer, configuration: configuration).add(to: router)
        SyncPage(
            store: store, lookup: lookup, renderer: renderer, links: AdminLinks(configuration),
            quotas: self.metrics.quotas
        ).add(to: router)
        DeliveriesPage(store: store, lookup: lookup, renderer: renderer).add(to: router)
        DeliveryPage(store: store, lookup: lookup, renderer: renderer, configuration: configuration).add(to: router)
        APIRoutes(
            store: store, lookup: lookup, configuration: configuration, overview: caches.overview,
            indexes: indexes, metrics: self.metrics
        ).add(to: router)
        return router
    }
}

/// What the pages of everybody need again and again.
private struct PageCaches {
    let overview: StoreCache<[ProjectOverview]>
    let syncTrouble: StoreCache<Bool>

    init(_ store: Store) {
        overview = StoreCache(store.changes, [.projects, .builds, .config]) {
            try await store.projectOverview(recent: 20)
        }
        syncTrouble = StoreCache(store.changes, [.projects, .config]) { try await SyncPage.hasTrouble(store) }
    }
}
