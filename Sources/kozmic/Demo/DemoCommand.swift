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
            for GitHub and the controller as programs of their own, and shows what happens when people push. It is for \
            people to watch, so there is no --output json; with --once its exit status is its result.
            """)

    @Flag(help: "Check every step and exit: 0 if all of them worked, 1 if not.")
    var once = false

    @Option(help: "The port of the page on 127.0.0.1; default: a free one.")
    var port: Int?

    @Option(help: "The Docker Engine (DOCKER_HOST; default: unix:///var/run/docker.sock, else one of its own).")
    var dockerHost: String?

    func validate() throws {
        if let port, !(1...65535).contains(port) { throw ValidationError("--port is a number from 1 to 65535") }
        let host = dockerHost ?? ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? ""
        if !host.isEmpty { try EngineOption.validate(host) }
    }

    func run() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .critical
        let demo = try await attempt("kozmic demo") {
            try Demo(
                port: port, dockerHost: dockerHost ?? ProcessInfo.processInfo.environment["DOCKER_HOST"], once: once)
        }
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
