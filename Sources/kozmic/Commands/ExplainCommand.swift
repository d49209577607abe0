import ArgumentParser
import Foundation
import Model
import Store
import Web

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

    @Option(name: .customLong("output"), help: "text or json")
    var format = OutputFormat.text

    @Flag(help: "The same as --output json.")
    var json = false

    /// How the result is printed.
    var output: OutputFormat { json ? .json : format }

    @OptionGroup var server: ServerOptions

    /// Whether a server is asked, and not the data on this machine.
    var asksServer: Bool {
        let isHere =
            dataDir != nil || ProcessInfo.processInfo.environment["KOZMIC_DATA_DIR"].map { !$0.isEmpty } ?? false
        return server.server != nil || (server.address != nil && !isHere)
    }

    var dataDirectory: String { DataFolder.path(dataDir) }

    /// Runs a look at the server's data, with errors as a command prints them.
    func look<Value>(_ body: (String) async throws(StoreError) -> Value?) async throws -> Value {
        do throws(StoreError) {
            if let value = try await body(dataDirectory) { return value }
            Print.error("kozmic explain: \(DataFolder.noDatabase(dataDirectory))")
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
            Reads the server's data as it is, also while the server runs, and changes nothing; with --server it asks a \
            server, as somebody who can read the admin repository. GitHub gives all webhooks of one event the same GUID, so \
            there may be several deliveries.

            Exit status: 0 found, 1 there is no such delivery.
            """)

    @Argument(help: "The X-GitHub-Delivery of the request, as GitHub's page of the webhook shows it.")
    var guid: String

    @OptionGroup var options: ExplainOptions

    func validate() throws {
        let isGUID =
            (1...200).contains(guid.utf8.count)
            && guid.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isGUID else { throw ValidationError("expected the GUID of a delivery, found '\(guid)'") }
    }

    func run() async throws {
        let found: [DeliveryDocument]
        if options.asksServer {
            found = try await options.server.ask("kozmic explain") { server -> DeliveryListDocument in
                try await server.get("explain/deliveries/\(guid)")
            }.deliveries
        } else {
            found = try await options.look { folder throws(StoreError) in
                try await Store.peek(dataDirectory: folder, guid: guid)
            }.map { DeliveryDocument($0) }
        }
        guard !found.isEmpty else {
            Print.error(
                "kozmic explain: no delivery has the GUID '\(guid)'; if GitHub lists it, it did not reach this server")
            throw ExitCode.failure
        }
        switch options.output {
        case .json: try Print.json(found)
        case .text: for line in DeliveryText.lines(found) { print(line) }
        }
    }
}

/// `kozmic explain commit SHA`
struct ExplainCommitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Print what came of a commit: its deliveries, decisions, builds and jobs.",
        discussion: """
            Reads the server's data as it is, also while the server runs, and changes nothing; with --server it asks a \
            server, which tells of builds to those who see the project, and of deliveries to those who can read the admin \
            repository.

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
        let found: CommitDocument
        if options.asksServer {
            found = try await options.server.ask("kozmic explain") { server in
                do {
                    return try await server.get("explain/commits/\(commit.lowercased())", [("repository", project)])
                } catch let problem as ServerProblem where problem.status == 400 && project == nil {
                    // The digits were looked at already.
                    throw ServerProblem(
                        status: 400,
                        description: "All projects at once are for those who can read the admin repository: give "
                            + "--project OWNER/REPO.")
                }
            }
        } else {
            let rows = try await options.look { folder throws(StoreError) in
                try await Store.peek(dataDirectory: folder, commit: commit.lowercased(), repository: name)
            }
            found = CommitDocument(
                deliveries: rows.deliveries.map { DeliveryDocument($0) },
                builds: rows.builds.map { BuildDocument($0, externalURL: nil) })
        }
        guard !found.deliveries.isEmpty || !found.builds.isEmpty else {
            Print.error(
                "kozmic explain: nothing is known about the commit \(commit)\(project.map { " in \($0)" } ?? ""); "
                    + "did its webhook arrive? See /_deliveries, and GitHub's list of the webhook's deliveries")
            throw ExitCode.failure
        }
        switch options.output {
        case .json: try Print.json(found)
        case .text:
            for line in DeliveryText.lines(found.deliveries) + found.builds.flatMap({ DeliveryText.lines($0) }) {
                print(line)
            }
        }
    }
}
