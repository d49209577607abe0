import ArgumentParser
import Controller
import Curl
import DockerEngine
import Git
import GitHub
import Logging
import Model
import Runner
import ServiceLifecycle
import Store
import ThreadPool
import UnixSignals
import Web

/// `kozmic serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "The controller.",
        discussion: """
            It runs until SIGTERM or Ctrl-C. It has no result to print, and so no --output json; for programs there are \
            --log-format json, the API and /_metrics.

            Exit status: 0 it was told to end, 1 it could not start or go on, 64 wrong usage.
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        MemoryArenas.limit()
        OpenFiles.raiseLimit()
        try await attempt("kozmic serve") {
            let settings = try ServeSettings(options)
            var logger = settings.logFormat.logger(label: "kozmic")
            logger.logLevel = .info
            try await withTaskExecutorPreference(ThreadPool.shared) {
                try await Server(settings: settings, logger: logger).run()
            }
        }
    }
}

/// Puts the parts of the controller together and runs them until a signal says otherwise.
struct Server: Sendable {
    var settings: ServeSettings
    var logger: Logger

    /// - Throws: what kept it from starting, or what ended a service.
    func run() async throws {
        let data = try DataDirectory(settings.dataDirectory)
        let secretKey = try DataDirectory.secretKey(settings)
        // One that finds out later has begun to change GitHub by then, with a key that is not the other server's perhaps.
        try FreePort.check(settings.port, host: settings.host, remedy: "choose another address with --listen")
        let store = try await Store.open(dataDirectory: settings.dataDirectory)
        // Once it was read, what it said last holds, whatever becomes of it.
        if try await store.latestConfigRevision() == nil { try await settings.checkRepositoryFolder() }
        let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))
        let answers = await AnswerArchive.open(dataDirectory: settings.dataDirectory)
        let client = settings.gitHubClient(
            curl, archive: answers, ledger: try await StoredWrites(store, logger: logger))
        let executor = DockerExecutor(
            engine: try DockerEngine(host: settings.dockerHost, curl: curl),
            workDirectory: settings.dataDirectory + "/work",
            preparation: Preparation(
                berths: settings.preparedStarts, standbys: settings.standbys, ownNetwork: true,
                largeTrees: TreeLimits()), logger: logger)
        let configuration = controllerConfiguration(
            instance: data.instance, secretKey: secretKey, client: client)
        let controller = Controller(
            configuration: configuration, store: store, client: client, curl: curl, executor: executor,
            logger: logger)
        var page = WebConfiguration(
            host: settings.host, port: settings.port, externalURL: settings.externalURL,
            gitHubURL: settings.gitHubURL, secretKey: secretKey, version: Version.text,
            adminRepository: configuration.adminRepositoryName, showsPrivate: settings.showsPrivate,
            signIn: signIn(client), oldSecretKeys: settings.oldSecretKeys)
        page.proxies = settings.proxies
        page.isJobAddress = { await executor.isJobAddress($0) }
        page.account = { token throws(GitHubError) in try await client.asking(with: token).user() }
        page.startBuild = { try await controller.manualBuilds.start($0, of: $1) }
        page.bisections = BisectionActions(controller.bisections)
        let web = WebServer(
            configuration: page,
            store: store, readiness: Readiness(store: store, executor: executor).checks,
            metrics: MetricsSources(slots: settings.maximumJobs, quotas: client.quotas), logger: logger)
        if !settings.hasGitHubIdentity {
            logger.warning(
                """
                no GitHub token: webhooks cannot be made and statuses cannot be sent; set --github-token-file or \
                --github-app-id
                """)
        }
        for file in settings.openFiles { logger.warning("others may read the secret in \(file): chmod 600 \(file)") }
        logger.info(
            "kozmic \(Version.text) starts",
            metadata: ["listen": "\(settings.host):\(settings.port)", "external-url": "\(settings.externalURL)"])
        var group = ServiceGroupConfiguration(
            services: (controller.services + [web, ProgramPages(), HeapTrim()]).map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Open pages and a pass under way are given this long; jobs run on in their containers.
        group.maximumGracefulShutdownDuration = .seconds(5)
        group.maximumCancellationDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
        await store.close()
        await curl.close()
        await answers.close()
        withExtendedLifetime(data) {}
        logger.info("kozmic ends")
    }

    /// `nil` when nobody can sign in.
    private func signIn(_ client: GitHubClient) -> GitHubOAuth? {
        guard let clientID = settings.oauthClientID, let secret = settings.oauthClientSecret else { return nil }
        return GitHubOAuth(
            gitHubURL: settings.gitHubURL, client: client, clientID: clientID, clientSecret: GitHubSecret(secret))
    }

    /// - Parameter client: the one that is in use, if there is one already.
    func controllerConfiguration(
        instance: String, secretKey: SecretKey, client: GitHubClient? = nil
    ) -> ControllerConfiguration {
        let token = settings.gitCredentials(
            client
                ?? settings.gitHubClient(
                    CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))))
        var configuration = ControllerConfiguration(
            dataDirectory: settings.dataDirectory, adminRepository: adminRemote(token),
            adminBranch: settings.configBranch, externalURL: settings.externalURL, gitHubURL: settings.gitHubURL,
            gitCredentials: token ?? .none, caFile: settings.caFile, maximumJobs: settings.maximumJobs,
            syncInterval: settings.syncInterval, secretKey: secretKey,
            oldSecretKeys: settings.oldSecretKeys, instance: instance)
        configuration.cacheDiskHigh = settings.cacheDiskHigh
        configuration.reusesVerdicts = settings.reusesVerdicts
        configuration.mail = settings.mail
        return configuration
    }

    /// The token goes to GitHub and nowhere else; over SSH the account's own key is used, as git does.
    private func adminRemote(_ token: GitCredentials?) -> GitRemote {
        let url = settings.configRepository
        var credentials = GitCredentials.none
        if url.lowercased().hasPrefix(settings.gitHubURL.lowercased() + "/"), let token {
            credentials = token
        } else if let account = AccountKey.find(for: url) {
            credentials = .ssh(
                user: account.user, privateKey: GitSecret(account.privateKey), knownHosts: account.knownHosts)
        }
        return GitRemote(url: url, credentials: credentials, caFile: settings.caFile)
    }
}
