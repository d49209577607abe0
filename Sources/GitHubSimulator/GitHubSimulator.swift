import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// A strict stand-in for GitHub on loopback: REST, git over HTTP and webhooks. README.md lists what it can be told.
public struct GitHubSimulator: Service {
    private let configuration: SimulatorConfiguration
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// - Parameter onRunning: called once with the port that was bound.
    public init(
        configuration: SimulatorConfiguration, logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until graceful shutdown or cancellation.
    public func run() async throws {
        let git = GitRunner(stateDirectory: configuration.stateDirectory)
        try git.prepare()
        let (queue, deliveries) = AsyncStream.makeStream(of: OutgoingDelivery.self)
        let world = World(git: git, outgoing: deliveries, sshAddress: configuration.sshAddress)
        let host = configuration.host
        let application = Application(
            responder: FrontDoor(world: world, git: git),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: configuration.port), serverName: "GitHub.com"),
            services: [
                DeliveryService(world: world, queue: queue, timeout: configuration.webhookTimeout)
            ],
            onServerRunning: { [onRunning] channel in
                let port = channel.localAddress?.port ?? 0
                await world.setAddress("http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
                await onRunning(port)
            },
            logger: logger)
        do {
            try await application.runEndingGracefully(logger: logger)
        } catch {
            throw ListenProblem(error, host: host, port: configuration.port) ?? error
        }
    }
}
