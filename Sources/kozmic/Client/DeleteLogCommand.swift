import ArgumentParser
import Dispatch
import Foundation
import Glibc
import Model
import Web

/// `kozmic delete-log BUILD/HOOK`
struct DeleteLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete-log", abstract: "Delete the log of a job that has ended, for good.",
        discussion: """
            For a log that shows what nobody should see, or takes too much room. The job's page says from then on who \
            deleted it, and when. What was mailed already, and backups, keep what they have: replace a secret that leaked. \
            For managers of the project: those who can push to it on GitHub.

            Exit status: 0 deleted, 1 the server refused or cannot be asked, or you did not say yes.
            """)

    @Argument(help: "The job: OWNER/REPO#BUILD/HOOK.")
    var job: BuildName

    @Option(help: "Which attempt; default: the latest one.")
    var attempt: Int?

    @Flag(help: "Do not ask first; needed where nobody can be asked.")
    var yes = false

    @OptionGroup var options: ClientOptions

    func validate() throws {
        if job.hook == nil { throw ValidationError("a log is that of one job: OWNER/REPO#BUILD/HOOK") }
        if let attempt, attempt < 1 { throw ValidationError("--attempt is a number from 1") }
        if !yes, isatty(STDIN_FILENO) != 1 { throw ValidationError("nobody can be asked here: give --yes") }
        try options.requireServer()
    }

    func run() async throws {
        guard let hook = job.hook else { return }
        let path = job.job(hook.description)
        let deleted = try await options.server.ask("kozmic delete-log") { server -> JobDocument in
            let found: JobDocument = try await server.get(path, [("attempt", attempt.map { "\($0)" })])
            // What cannot be deleted is the server's to explain.
            if !yes, found.finishedAt != nil, found.logDeletedAt == nil {
                Print.error("Delete the log of attempt \(found.attempt) of \(job) for good? Then type yes:")
                guard await Self.answer() == "yes" else { throw SettingProblem("nothing was deleted") }
            }
            // The attempt that was asked about, also when there is another one meanwhile.
            return try await server.delete("\(path)/log", [("attempt", "\(found.attempt)")])
        }
        if options.isJSON { return try Print.json(deleted) }
        print("The log of attempt \(deleted.attempt) of \(job) is deleted.")
    }

    /// A line from the terminal, read on a thread that may wait.
    private static func answer() async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: readLine()?.trimmingCharacters(in: .whitespaces))
            }
        }
    }
}
