import ArgumentParser
import Curl
import Model
import Web

/// `kozmic bisect BUILD/HOOK`
struct BisectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect", abstract: "Find the commit that broke a job, or show how far the search is.",
        discussion: """
            Of the commits since the last build in which the hook passed the server builds those in the middle, one at a \
            time and with that hook only, until one commit is left. It goes on when this command ends. Who may read the \
            project sees it; to start and to stop it is for managers: those who can push to it on GitHub.

            Exit status: 0 the commit was found, or the search goes on and -f did not ask to wait; 1 it ended otherwise, or \
            the server refused or cannot be asked. With --stop: 0 stopped.
            """)

    @Argument(help: "The job that failed: OWNER/REPO#BUILD/HOOK.")
    var job: BuildName

    @Flag(name: .shortAndLong, help: "Wait until it is over; each commit that was built is a line.")
    var follow = false

    @Flag(help: "End the search; what is being built for it is cancelled.")
    var stop = false

    @Option(help: "Which attempt; default: the latest one.")
    var attempt: Int?

    @OptionGroup var options: ClientOptions

    func validate() throws {
        if job.hook == nil { throw ValidationError("one job is asked about: OWNER/REPO#BUILD/HOOK") }
        if let attempt, attempt < 1 { throw ValidationError("--attempt is a number from 1") }
        if follow, stop { throw ValidationError("--stop ends what --follow would wait for: give one of them") }
        try options.requireServer()
    }

    func run() async throws {
        guard let hook = job.hook else { return }
        let path = "\(job.job(hook.description))/bisection"
        let query = [("attempt", attempt.map { "\($0)" })]
        let last = try await options.server.ask("kozmic bisect") { server -> BisectionDocument in
            if stop { return try await server.delete(path, query) }
            let found = try await find(path, query, server)
            var printed = BisectionProgress(repository: "\(job.repository)")
            if !options.isJSON { try Self.write(printed.opening(found) + printed.news(found)) }
            guard follow, !found.isOver else { return found }
            return try await BisectionFollower(server: server, path: path, query: query).run(found) { now in
                if !options.isJSON { try Self.write(printed.news(now)) }
            }
        }
        if options.isJSON {
            try Print.json(last)
        } else {
            try Self.write(BisectionProgress.standing(last))
        }
        if !stop, last.isOver, last.state != "found" { throw ExitCode.failure }
    }

    /// The search that there is, or a new one.
    private func find(
        _ path: String, _ query: [(String, String?)], _ server: ServerClient
    ) async throws -> BisectionDocument {
        do {
            return try await server.get(path, query)
        } catch let problem as ServerProblem where problem.status == 404 {
            // Whether it is the search or the job that is not there, the answer to this tells.
            return try await server.post(
                path, [String: String](), query,
                // The server fetches the repository first.
                timeouts: CurlTimeouts(idle: .seconds(180), overall: .seconds(180)))
        }
    }

    /// Lines that reach their reader at once.
    private static func write(_ lines: [String]) throws {
        for line in lines { try Print.bytes(Array("\(line)\n".utf8)) }
    }
}

extension BisectionDocument {
    /// Whether nothing more comes.
    var isOver: Bool { finishedAt != nil }
}
