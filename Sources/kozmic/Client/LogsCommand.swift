import ArgumentParser
import Curl
import Foundation
import Model
import Web

/// `kozmic logs [-f] BUILD[/HOOK]`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the log of a job, or of all jobs of a build.",
        discussion: """
            With -f it goes on until the job has ended; a connection that is lost is made again, and the log goes on at \
            the very byte. On a terminal colours are kept and all other control sequences are left out; to a file or a \
            pipe a log is written as it is. As JSON it is an object for each line, and with -f one for each piece as it came, \
            the last of which says how the job ended.

            Exit status: 0 done; with -f: 0 when all jobs that were followed passed or were skipped, 1 when one did not. 1 \
            also when the server refused or cannot be asked.
            """)

    @Argument(help: "OWNER/REPO#BUILD, or one job of it: OWNER/REPO#BUILD/HOOK.")
    var build: BuildName

    @Flag(name: .shortAndLong, help: "Go on until the end of the job.")
    var follow = false

    @Option(help: "Which attempt; default: the latest one.")
    var attempt: Int?

    @OptionGroup var options: ClientOptions

    func validate() throws {
        if attempt != nil, build.hook == nil { throw ValidationError("--attempt needs a job: OWNER/REPO#BUILD/HOOK") }
        if let attempt, attempt < 1 { throw ValidationError("--attempt is a number from 1") }
        try options.requireServer()
    }

    func run() async throws {
        let states = try await options.server.ask("kozmic logs") { server in
            var states: [String] = []
            let hooks: [String]
            if let hook = build.hook {
                hooks = [hook.description]
            } else {
                let document: BuildDocument = try await server.get(build.build)
                let jobs = document.jobs ?? []
                hooks = jobs.filter { $0.logDeletedAt == nil }.map(\.hook)
                for job in jobs where job.logDeletedAt != nil {
                    let login = (job.logDeletedBy ?? "somebody").withoutControls
                    Print.error("==> \(job.hook): its log was deleted by \(login)")
                    states.append(job.state)
                }
            }
            for hook in hooks {
                if hooks.count > 1, !options.isJSON { Print.error("==> \(hook)") }
                states.append(try await print(hook, server))
            }
            return states
        }
        if follow, states.contains(where: { !["success", "skipped"].contains($0) }) { throw ExitCode.failure }
    }

    /// Prints one log. Answers the job's state if it was waited for.
    private func print(_ hook: String, _ server: ServerClient) async throws -> String {
        let path = "\(build.job(hook))/log"
        let query = [("attempt", attempt.map { "\($0)" })]
        var filter = TerminalFilter(isTerminal: Print.isTerminal)
        guard follow else {
            if options.isJSON { return try await printLines(path, query, server) }
            var isEmpty = true
            for try await piece in try await server.stream(path, query, type: "text/plain") {
                isEmpty = false
                try Print.bytes(filter.feed(piece))
            }
            // An empty log would look like that of a job which had nothing to say.
            if isEmpty { try await sayWhatItWaitsFor(hook, server) }
            return ""
        }
        try await sayWhatItWaitsFor(hook, server)
        let state = try await LogFollower(server: server, path: "\(path)/events", query: query).run { event in
            if options.isJSON {
                try Print.bytes(Array("\(event.data)\n".utf8))
            } else if let bytes = event.bytes {
                try Print.bytes(filter.feed(bytes))
            }
        }
        if !options.isJSON { Print.error("\(hook): \(state)") }
        return state
    }

    private func sayWhatItWaitsFor(_ hook: String, _ server: ServerClient) async throws {
        let job: JobDocument = try await server.get(build.job(hook))
        if attempt == nil || attempt == job.attempt, let waiting = BuildText.waiting(job.queue, in: build) {
            Print.error("\(hook) \(waiting)")
        }
    }

    private struct Line: Encodable {
        var line: Int
        var text: String
    }

    private func printLines(
        _ path: String, _ query: [(String, String?)], _ server: ServerClient
    ) async throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var first = 1
        while true {
            let page: LogLinesDocument = try await server.get("\(path)/lines", query + [("from", "\(first)")])
            for (index, text) in page.lines.enumerated() {
                try Print.bytes(Array(try encoder.encode(Line(line: page.first + index, text: text))) + [10])
            }
            first = page.first + page.lines.count
            guard !page.lines.isEmpty, first <= page.total else { return "" }
        }
    }
}
