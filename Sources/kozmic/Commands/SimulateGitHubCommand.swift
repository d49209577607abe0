import ArgumentParser
import GitHubSimulator
import Logging
import ServiceLifecycle
import UnixSignals

/// `kozmic simulate-github`: the demo's and the tests' stand-in for GitHub, as a program of its own.
struct SimulateGitHubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate-github", abstract: "A strict stand-in for GitHub on loopback, for trying things out.",
        discussion: "It runs until SIGTERM or Ctrl-C and has no result to print, and so no --output json.")

    @Option(help: "The port on 127.0.0.1; 0 for a free one.")
    var port = 8090

    @Option(help: "A folder for its repositories; what is in it is removed.")
    var stateDir: String

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
    }

    func run() async throws {
        var logger = Logger(label: "github-simulator")
        logger.logLevel = .warning
        let simulator = GitHubSimulator(
            configuration: SimulatorConfiguration(host: "127.0.0.1", port: port, stateDirectory: stateDir),
            logger: logger, onRunning: { port in print("a stand-in for GitHub answers on http://127.0.0.1:\(port)") })
        let group = ServiceGroup(
            services: [simulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await attempt("kozmic simulate-github") { try await group.run() }
    }
}
