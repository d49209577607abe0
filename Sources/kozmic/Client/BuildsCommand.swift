import ArgumentParser
import Foundation
import Model
import Web

/// `kozmic builds [OWNER/REPO]`
struct BuildsCommand: AsyncParsableCommand {
    /// As the server names them.
    enum Status: String, ExpressibleByArgument, CaseIterable {
        case queued, running, success, failure, error, cancelled
    }

    static let configuration = CommandConfiguration(
        commandName: "builds", abstract: "List a project's builds, or all projects with their latest ones.",
        discussion: """
            Asks a server. Builds are named OWNER/REPO#NUMBER, as the other commands take them.

            Exit status: 0 done, 1 the server refused or cannot be asked.
            """)

    @Argument(help: "The project: OWNER/REPO. Without one, all projects are listed.")
    var project: ProjectName?

    @Option(help: "Only of this branch or tag, or of a full ref such as refs/tags/v1.")
    var branch: String?

    @Option(help: "Only in this state.")
    var status: Status?

    @Option(help: "Only with this in the author's name or the sender's login.")
    var author: String?

    @Option(help: "Only with this in the message, or as the beginning of the commit.")
    var text: String?

    @Option(help: "Only with a job of this hook.")
    var hook: String?

    @Option(help: "At most so many, 1 to 200.")
    var limit = 20

    @Option(help: "Go on after this: what `next` said.")
    var after: String?

    @OptionGroup var options: ClientOptions

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit is a number from 1 to 200") }
        if project == nil, branch != nil || status != nil || author != nil || hook != nil {
            throw ValidationError("--branch, --status, --author and --hook need a project: OWNER/REPO")
        }
        try options.requireServer()
    }

    func run() async throws {
        guard let project else { return try await listProjects() }
        let list = try await options.server.ask("kozmic builds") { server -> BuildListDocument in
            try await server.get(
                "projects/\(project.repository)/builds",
                [
                    ("branch", branch), ("status", status?.rawValue), ("author", author), ("text", text),
                    ("hook", hook), ("limit", "\(limit)"), ("after", after),
                ])
        }
        if options.isJSON { return try Print.json(list) }
        for line in BuildText.table(list.builds) { print(line) }
        if let next = list.next { Print.error("more: --after \(next)") }
    }

    private func listProjects() async throws {
        let list = try await options.server.ask("kozmic builds") { server -> ProjectListDocument in
            try await server.get("projects", [("text", text), ("limit", "\(limit)"), ("after", after)])
        }
        if options.isJSON { return try Print.json(list) }
        for line in BuildText.table(list.projects) { print(line) }
        if let next = list.next { Print.error("more: --after \(next)") }
    }
}
