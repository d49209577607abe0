import ArgumentParser
import Config
import Foundation
import Model

/// `kozmic lint [DIR]`
struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check an admin repository's work tree; prints every diagnostic.")

    @Argument(help: "The folder that holds kozmic.yaml and projects/.")
    var directory = "."

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        let source: ConfigSource
        do {
            source = try ConfigSource.directory(directory)
        } catch {
            Print.error("\(error)")
            throw ExitCode.failure
        }
        let result = ConfigReader.read(source)
        switch output {
        case .json: try Print.json(result.diagnostics)
        case .text:
            for diagnostic in result.diagnostics { print(diagnostic) }
            let errors = result.diagnostics.count { $0.severity == .error }
            let warnings = result.diagnostics.count - errors
            let projects = result.desired.projects.count
            Print.error(
                "\(projects) project\(projects == 1 ? "" : "s"), \(errors) error\(errors == 1 ? "" : "s"), "
                    + "\(warnings) warning\(warnings == 1 ? "" : "s")")
        }
        if result.hasErrors { throw ExitCode.failure }
    }
}
