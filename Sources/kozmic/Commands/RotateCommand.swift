import ArgumentParser
import Controller
import Foundation
import Model
import Store

/// `kozmic rotate`
struct RotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Replace deploy keys or webhook secrets by fresh ones.",
        discussion: """
            Leaves a request in the data directory, which the running server takes within seconds, or the next \
            'kozmic serve' or 'kozmic sync' when it starts. Nothing is interrupted: a new deploy key is given to \
            GitHub and git reads with it before the old one is deleted; deliveries that are signed with the old \
            webhook secret are accepted for another hour.

            Everything is replaced, with no rotation at all, when the server is given another --secret-key-file and \
            the former one with --old-secret-key-file.
            """,
        subcommands: [DeployKeys.self, WebhookSecrets.self])

    /// `kozmic rotate deploy-keys`
    struct DeployKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deploy-keys", abstract: "Replace the deploy keys of projects.")
        @OptionGroup var options: RotateOptions
        func run() async throws { try await options.run(.deployKeys) }
    }

    /// `kozmic rotate webhook-secrets`
    struct WebhookSecrets: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "webhook-secrets", abstract: "Replace the webhook secrets of projects.",
            discussion: "Without projects: all of them, and the admin repository's own.")
        @OptionGroup var options: RotateOptions
        func run() async throws { try await options.run(.webhookSecrets) }
    }
}

/// What is rotated, and how long to watch it.
struct RotateOptions: ParsableArguments {
    @Argument(help: "The projects, as OWNER/REPO; none for all.")
    var projects: [String] = []

    @Option(help: "The server's data directory (KOZMIC_DATA_DIR; default: /var/lib/kozmic).")
    var dataDir: String?

    @Option(help: "How many seconds to wait for the server; 0 to leave the request and go.")
    var wait: Int = 60

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run(_ kind: RotationRequest.Kind) async throws {
        try await attempt("kozmic rotate") {
            let rotation = try await RotationWatch(
                kind: kind, dataDirectory: DataFolder.path(dataDir), names: try projects.map(Self.repository))
            let states = try await rotation.states(within: .seconds(max(0, wait)))
            switch output {
            case .json: try Print.json(states)
            case .text: for state in states { print(state) }
            }
            if wait > 0, states.contains(where: { !$0.isDone }) { throw ExitCode.failure }
        }
    }

    private static func repository(_ text: String) throws -> RepositoryName {
        guard let name = RepositoryName(text) else { throw SettingProblem.usage("'\(text)' is not OWNER/REPO") }
        return name
    }
}
