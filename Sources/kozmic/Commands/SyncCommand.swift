import ArgumentParser
import Controller
import Curl
import Foundation
import GitHub
import Logging
import Model
import Reconciler
import Store

/// `kozmic sync`
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Change GitHub once so that it is as declared, print what was done, and exit.",
        discussion: """
            Does what `kozmic serve` does all the time, once, with the same settings and the same data directory; a \
            server that works with it keeps this command out.

            Exit status: 0 all is as declared, 1 something is not.
            """)

    @OptionGroup var options: ServeOptions

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        let entries = try await attempt("kozmic sync") {
            let settings = try ServeSettings(options)
            try settings.requireGitHubIdentity()
            return try await sync(settings)
        }
        switch output {
        case .json: try Print.json(entries.map(SyncedProject.init))
        case .text:
            for entry in entries where entry.isWorthALine { print(entry.text) }
            let done = entries.reduce(0) { $0 + $1.operations.count }
            Print.error(
                "\(entries.count) project\(entries.count == 1 ? "" : "s"), \(done) change\(done == 1 ? "" : "s") made")
        }
        if entries.contains(where: { $0.condition.status != .ready }) { throw ExitCode.failure }
    }

    private func sync(_ settings: ServeSettings) async throws -> [OneSync.Entry] {
        let data = try DataDirectory(settings.dataDirectory)
        let secretKey = try DataDirectory.secretKey(settings)
        let store = try await Store.open(dataDirectory: settings.dataDirectory)
        let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))
        let client = settings.gitHubClient(curl)
        var logger = Logger(label: "kozmic")
        logger.logLevel = .error
        let configuration = Server(settings: settings, logger: logger).controllerConfiguration(
            instance: data.instance, secretKey: secretKey)
        let result: Result<[OneSync.Entry], any Error>
        do {
            result = .success(
                try await OneSync(configuration: configuration, store: store, client: client, logger: logger).run())
        } catch {
            result = .failure(error)
        }
        await store.close()
        await curl.close()
        withExtendedLifetime(data) {}
        return try result.get()
    }
}

extension OneSync.Entry {
    fileprivate var isWorthALine: Bool {
        !operations.isEmpty || !reportedDrift.isEmpty || condition.reason != nil
    }

    fileprivate var text: String {
        var lines = ["\(repository):"] + operations.map { "  \($0)" }
        lines += reportedDrift.map { "  only reported: \($0)  (drift)" }
        if let reason = condition.reason { lines.append("  ! \(reason)") }
        return lines.joined(separator: "\n")
    }
}

/// What became of a project, for programs.
private struct SyncedProject: Encodable {
    var repository: RepositoryName
    var condition: ProjectCondition.Status
    var reason: String?
    var changes: [Change]
    var reportedDrift: [Change]

    init(_ entry: OneSync.Entry) {
        repository = entry.repository
        condition = entry.condition.status
        reason = entry.condition.reason
        changes = entry.operations.map(\.change)
        reportedDrift = entry.reportedDrift.map(\.change)
    }
}
