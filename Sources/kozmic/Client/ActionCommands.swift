import ArgumentParser
import Foundation
import Model
import Web

/// `kozmic rerun BUILD[/HOOK]`
struct RerunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rerun", abstract: "Run a job again, or all jobs of a build that failed.",
        discussion: """
            For managers of the project: those who can push to it on GitHub.

            Exit status: 0 queued, 1 the server refused or cannot be asked.
            """)

    @Argument(help: "OWNER/REPO#BUILD, or one job of it: OWNER/REPO#BUILD/HOOK.")
    var build: BuildName

    @Flag(help: "With the configuration that the admin repository has now, not the one that the job had.")
    var now = false

    @OptionGroup var options: ClientOptions

    func validate() throws { try options.requireServer() }

    func run() async throws {
        try await options.change("kozmic rerun", build, "rerun", ["with": now ? "now" : "then"])
    }
}

/// `kozmic cancel BUILD[/HOOK]`
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End a job, or all jobs of a build that have not ended.",
        discussion: """
            For managers of the project: those who can push to it on GitHub.

            Exit status: 0 asked for, 1 the server refused or cannot be asked.
            """)

    @Argument(help: "OWNER/REPO#BUILD, or one job of it: OWNER/REPO#BUILD/HOOK.")
    var build: BuildName

    @OptionGroup var options: ClientOptions

    func validate() throws { try options.requireServer() }

    func run() async throws { try await options.change("kozmic cancel", build, "cancel", [:]) }
}

/// `kozmic approve BUILD`
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let a stranger's pull request run, this very commit of it.",
        discussion: """
            For managers of the project: those who can push to it on GitHub. Look at the commit first: its scripts will run.

            Exit status: 0 approved, 1 the server refused or cannot be asked.
            """)

    @Argument(help: "OWNER/REPO#BUILD")
    var build: BuildName

    @Option(help: "The commit that you looked at, or at least the first 7 digits of it.")
    var commit: String

    @OptionGroup var options: ClientOptions

    func validate() throws {
        if build.hook != nil { throw ValidationError("a build is approved as a whole: OWNER/REPO#BUILD") }
        let isID = (7...40).contains(commit.utf8.count) && commit.allSatisfy { $0.isASCII && $0.isHexDigit }
        guard isID else { throw ValidationError("--commit: expected 7 to 40 hexadecimal digits, found '\(commit)'") }
        try options.requireServer()
    }

    func run() async throws {
        let approved = try await options.server.ask("kozmic approve") { server -> BuildDocument in
            let document: BuildDocument = try await server.get(build.build)
            guard document.commit.hasPrefix(commit.lowercased()) else {
                throw ServerProblem(
                    status: 409, description: "\(build) is of the commit \(document.commit), not of \(commit).")
            }
            return try await server.post("\(build.build)/approve", ["commit": document.commit])
        }
        try options.show(approved)
    }
}

extension ClientOptions {
    /// Changes a build or a job, and prints what became of it.
    fileprivate func change(
        _ command: String, _ build: BuildName, _ action: String, _ body: [String: String]
    ) async throws {
        if let hook = build.hook {
            let job = try await server.ask(command) { server -> JobDocument in
                try await server.post("\(build.job(hook.description))/\(action)", body)
            }
            if isJSON { try Print.json(job) } else { print(BuildText.line(job)) }
        } else {
            try show(
                try await server.ask(command) { server -> BuildDocument in
                    try await server.post("\(build.build)/\(action)", body)
                })
        }
    }

    fileprivate func show(_ build: BuildDocument) throws {
        if isJSON { return try Print.json(build) }
        for line in BuildText.lines(build) { print(line) }
    }
}
