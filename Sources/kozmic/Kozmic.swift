import ArgumentParser

/// The command-line program; one file for each command.
@main
struct Kozmic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kozmic",
        abstract: "A continuous integration controller, configured by a git repository.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, LintCommand.self, SecretCommand.self, PlanCommand.self, SyncCommand.self,
            ExplainCommand.self, DoctorCommand.self, RotateCommand.self, AccountWebhookCommand.self, ImportCommand.self,
            RunCommand.self,
            ReproCommand.self,
            ShellCommand.self,
            CacheCommand.self, BackupCommand.self, RestoreCommand.self, BuildsCommand.self, LogsCommand.self,
            BuildCommand.self, RerunCommand.self, CancelCommand.self, ApproveCommand.self, DeleteLogCommand.self,
            LogDiffCommand.self, BisectCommand.self, DemoCommand.self, SimulateGitHubCommand.self,
        ])

    /// Parses the arguments and runs the command. A result that did not reach standard output is a failure, whatever the
    /// command made of it; help is a result, too.
    static func main() async {
        var begun: (any ParsableCommand.Type)?
        do {
            var command = try parseAsRoot()
            begun = type(of: command)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try Print.flush()
        } catch {
            if let begun, let wrong = error as? ValidationError {
                Print.error(usage(wrong, of: begun))
                exit(withError: ExitCode.validationFailure)
            }
            let isResult = exitCode(for: error).isSuccess
            do {
                let text = isResult ? fullMessage(for: error) : ""
                if !text.isEmpty { print(text) }
                try Print.flush()
            } catch let lost {
                if !lost.isUnread { Print.error("kozmic: \(lost)") }
                exit(withError: ExitCode.failure)
            }
            exit(withError: isResult ? ExitCode.success : error)
        }
    }

    /// What the parser says of wrong usage, for what a command finds out later: the parser would know only the program.
    private static func usage(_ wrong: ValidationError, of command: any ParsableCommand.Type) -> String {
        let usage = usageString(for: command)
        let name = usage.split(separator: " ").prefix { $0.first?.isLetter == true }.joined(separator: " ")
        return "Error: \(wrong.message)\nUsage: \(usage.replacing("\n", with: "\n       "))\n"
            + "  See '\(name) --help' for more information."
    }
}

/// What this program calls itself.
enum Version {
    /// Semantic version.
    static let text = "0.1.0"
}
