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
            BuildCommand.self, RerunCommand.self, CancelCommand.self, ApproveCommand.self, DemoCommand.self,
            SimulateGitHubCommand.self,
        ])
}

/// What this program calls itself.
enum Version {
    /// Semantic version.
    static let text = "0.1.0"
}
