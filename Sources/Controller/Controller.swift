import Curl
import GitHub
import Logging
import Runner
import ServiceLifecycle
import Store

/// All the services that keep Kozmic moving, in the order of their start; a stop goes the other way round.
///
/// Each one runs on its own, and knows the others only through the store.
public struct Controller: Sendable {
    /// For the program's `ServiceGroup`.
    public let services: [any Service]
    /// Makes the builds that people ask for by hand.
    public let manualBuilds: ManualBuilds
    /// Searches for the commits that broke hooks.
    public let bisections: Bisections

    /// - Parameters:
    ///   - client: the GitHub client with the token that administers the projects.
    ///   - curl: what reaches the mail server.
    ///   - executor: what runs the jobs.
    public init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, curl: CurlClient,
        executor: any Executor, logger: Logger
    ) {
        func named(_ label: String) -> Logger {
            var logger = logger
            logger[metadataKey: "service"] = "\(label)"
            return logger
        }
        // Shared, because a mirror is one folder that one of them at a time may fetch into.
        let deployKeys = DeployKeyRemote(
            store: store, secretKey: configuration.secretKey, oldSecretKeys: configuration.oldSecretKeys)
        let mirrors = ProjectMirrors(configuration: configuration) { try await deployKeys.remote($0) }
        manualBuilds = ManualBuilds(
            configuration: configuration, store: store, mirrors: mirrors, logger: named("manual"))
        bisections = Bisections(
            configuration: configuration, store: store, mirrors: mirrors, logger: named("bisections"))
        let rightOfWay = RightOfWay()
        let config = ConfigSync(
            configuration: configuration, store: store, rightOfWay: rightOfWay, logger: named("config"))
        let hints = GitHubHints(store.changes)
        var services: [any Service] = [
            StatusReporter(store: store, client: client, logger: named("status")),
            Mailer(configuration: configuration, store: store, client: curl, logger: named("mail")),
            Housekeeping(
                configuration: configuration, store: store, executor: executor, logger: named("housekeeping")),
            Scheduler(
                configuration: configuration, store: store, executor: executor, mirrors: mirrors,
                logger: named("scheduler")),
            DeliveryIntake(configuration: configuration, store: store, mirrors: mirrors, logger: named("intake")),
            Schedules(configuration: configuration, store: store, mirrors: mirrors, logger: named("schedules")),
            bisections,
            MissedEvents(
                configuration: configuration, store: store, client: client, hints: hints, mirrors: mirrors,
                logger: named("missed")),
            Retention(store: store, logger: named("retention")),
            ReconcileLoop(
                configuration: configuration, store: store, client: client, hints: hints, rightOfWay: rightOfWay,
                logger: named("reconcile")),
            ConfigHistory(mirror: config.mirror, store: store, logger: named("history")),
            PendingPlans(configuration: configuration, mirror: config.mirror, store: store, logger: named("plans")),
            config,
            Roles(configuration: configuration, store: store, client: client, logger: named("roles")),
            SignInChecks(
                secretKey: configuration.secretKey, store: store, client: client, logger: named("sign-in")),
            Avatars(
                source: AvatarSource(gitHubURL: configuration.gitHubURL, client: client, curl: curl), store: store,
                logger: named("avatars")),
            RequestFolder(configuration: configuration, store: store, logger: named("requests")),
        ]
        if let repository = configuration.adminRepositoryName {
            services.append(
                AdminWebhook(
                    repository: repository, configuration: configuration, store: store, client: client,
                    logger: named("admin webhook")))
            services.append(
                ConfigurationPreviews(
                    repository: repository, configuration: configuration, store: store, client: client,
                    logger: named("previews")))
        }
        self.services = services
    }
}
