import ArgumentParser
import Foundation
import Model
import Store

/// `kozmic explain drift [PROJECT]`
struct ExplainDriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Print what differs on GitHub although nobody declared it, and the YAML that would adopt it.",
        discussion: """
            Reads the server's data as it is, also while the server runs, and changes nothing. A server repairs such \
            differences unless the project says `drift: report`, or a hook about its own webhook.

            Exit status: 0 nothing differs, 2 something does.
            """)

    @Argument(help: "Only this project: OWNER/REPO.")
    var project: String?

    @OptionGroup var options: ExplainOptions

    func validate() throws {
        if options.server.server != nil {
            throw ValidationError("drift is read where the server's data is; from elsewhere see its page /_sync")
        }
        if let project, RepositoryName(project) == nil {
            throw ValidationError("expected a project such as acme/widget, found '\(project)'")
        }
    }

    func run() async throws {
        let name = project.flatMap { RepositoryName($0) }
        let all = try await options.look { folder throws(StoreError) in
            try await Store.peekDrift(dataDirectory: folder)
        }
        let found = all.filter { name == nil || $0.repository == name }
        let applied = try? await Store.peekApplied(dataDirectory: options.dataDirectory)
        switch options.output {
        case .json: try Print.json(found)
        case .text: for line in Self.lines(found, applied?.projects ?? []) { print(line.withoutControls) }
        }
        if !found.isEmpty { throw ExitCode(2) }
    }

    private static func lines(_ found: [ProjectDrift], _ projects: [Project]) -> [String] {
        Dictionary(grouping: found, by: \.repository).sorted { $0.key < $1.key }.flatMap { repository, drifts in
            let rows = drifts.map { drift in
                let difference = drift.difference
                return "  \(difference.object), \(difference.field): declared \(shown(difference.old)), "
                    + "found \(shown(difference.new)) since \(drift.foundAt.formatted(.iso8601))"
            }
            let adoption = projects.first { $0.repository == repository }
                .map { Adoption($0, drifts.map { Adoption.Difference($0.difference) }) }
            guard let adoption, !adoption.isEmpty else { return ["\(repository):"] + rows }
            return ["\(repository):"] + rows + ["  to adopt it, put this into the project's file:"]
                + adoption.text.split(separator: "\n").map { "    \($0)" }
        }
    }

    private static func shown(_ value: String) -> String { value.isEmpty ? "nothing" : "'\(value)'" }
}
