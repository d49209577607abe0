import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `kozmic demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The whole system on this machine, with a stand-in for GitHub.",
        discussion: """
            Starts a Docker Engine of its own if none answers (that needs root), makes a base image, starts a stand-in \
            for GitHub and the controller as programs of their own, and shows what happens when people push.
            """)

    @Flag(help: "Check every step and exit: 0 if all of them worked, 1 if not.")
    var once = false

    @Option(help: "The port of the page on 127.0.0.1; default: a free one.")
    var port: Int?

    @Option(help: "The Docker Engine (DOCKER_HOST; default: unix:///var/run/docker.sock, else one of its own).")
    var dockerHost: String?

    func run() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .critical
        let demo = try Demo(
            port: port, dockerHost: dockerHost ?? ProcessInfo.processInfo.environment["DOCKER_HOST"], once: once)
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: demo, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        defer { demo.removeFolder() }
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            demo.console.failed("\(error)")
            throw ExitCode.failure
        }
        guard demo.isComplete else { throw ExitCode.failure }
    }
}
