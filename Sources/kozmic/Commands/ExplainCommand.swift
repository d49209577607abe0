import ArgumentParser
import Foundation
import Model
import Store

/// `kozmic explain …`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say why a delivery or a commit ran what it ran, or what differs on GitHub.",
        subcommands: [ExplainDeliveryCommand.self, ExplainCommitCommand.self, ExplainDriftCommand.self])
}

/// What both have in common.
struct ExplainOptions: ParsableArguments {
    @Option(help: "Where the server keeps its data (KOZMIC_DATA_DIR; default: /var/lib/kozmic).")
    var dataDir: String?

    @Option(help: "text or json")
    var output = OutputFormat.text

    var dataDirectory: String {
        let variable = ProcessInfo.processInfo.environment["KOZMIC_DATA_DIR"]
        return [dataDir, variable].compactMap(\.self).first { !$0.isEmpty } ?? "/var/lib/kozmic"
    }

    /// Runs a look at the server's data, with errors as a command prints them.
    func look<Value>(_ body: (String) async throws(StoreError) -> Value?) async throws -> Value {
        do throws(StoreError) {
            if let value = try await body(dataDirectory) { return value }
            Print.error("kozmic explain: there is no kozmic.sqlite in \(dataDirectory); set --data-dir")
        } catch {
            Print.error("kozmic explain: \(error)")
        }
        throw ExitCode.failure
    }
}

/// `kozmic explain delivery GUID`
struct ExplainDeliveryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delivery", abstract: "Print what became of a webhook request, and which line decided so.",
        discussion: """
            Reads the server's data as it is, also while the server runs, and changes nothing. GitHub gives all webhooks \
            of one event the same GUID, so there may be several deliveries.

            Exit status: 0 found, 1 there is no such delivery.
            """)

    @Argument(help: "The X-GitHub-Delivery of the request, as GitHub's page of the webhook shows it.")
    var guid: String

    @OptionGroup var options: ExplainOptions

    func run() async throws {
        let found = try await options.look { folder throws(StoreError) in
            try await Store.peek(dataDirectory: folder, guid: guid)
        }
        guard !found.isEmpty else {
            Print.error(
                "kozmic explain: no delivery has the GUID '\(guid)'; if GitHub lists it, it did not reach this server")
            throw ExitCode.failure
        }
        switch options.output {
        case .json: try Print.json(found.map(DeliveryText.Document.init))
        case .text: for line in DeliveryText.lines(found) { print(line) }
        }
    }
}

/// `kozmic explain commit SHA`
struct ExplainCommitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Print what came of a commit: its deliveries, decisions, builds and jobs.",
        discussion: """
            Reads the server's data as it is, also while the server runs, and changes nothing.

            Exit status: 0 found, 1 the server knows nothing about the commit.
            """)

    @Argument(help: "The commit, or at least the first 7 digits of it.")
    var commit: String

    @Option(help: "Only this project: OWNER/REPO.")
    var project: String?

    @OptionGroup var options: ExplainOptions

    func validate() throws {
        let isID = (7...40).contains(commit.utf8.count) && commit.allSatisfy { $0.isASCII && $0.isHexDigit }
        guard isID else { throw ValidationError("expected 7 to 40 hexadecimal digits of a commit, found '\(commit)'") }
        if let project, RepositoryName(project) == nil {
            throw ValidationError("expected a project such as acme/widget, found '\(project)'")
        }
    }

    func run() async throws {
        let name = project.flatMap { RepositoryName($0) }
        let found = try await options.look { folder throws(StoreError) in
            try await Store.peek(dataDirectory: folder, commit: commit.lowercased(), repository: name)
        }
        guard !found.deliveries.isEmpty || !found.builds.isEmpty else {
            Print.error(
                "kozmic explain: nothing is known about the commit \(commit)\(project.map { " in \($0)" } ?? ""); "
                    + "did its webhook arrive? See /_deliveries, and GitHub's list of the webhook's deliveries")
            throw ExitCode.failure
        }
        switch options.output {
        case .json:
            try Print.json(
                Document(
                    deliveries: found.deliveries.map(DeliveryText.Document.init),
                    builds: found.builds.map(DeliveryText.BuildDocument.init)))
        case .text:
            for line in DeliveryText.lines(found.deliveries) + found.builds.flatMap(DeliveryText.lines) { print(line) }
        }
    }

    private struct Document: Encodable {
        var deliveries: [DeliveryText.Document]
        var builds: [DeliveryText.BuildDocument]
    }
}
