import ArgumentParser
import Foundation
import Git
import Model
import Runner

/// `kozmic run PROJECT/HOOK --repo DIR`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a hook here and now in Docker, from a local clone.",
        discussion: """
            The same job that the server would run for that commit: the same image, cached image, user, limits and \
            environment. GitHub is not asked, nothing is reported, and nothing in the clone is changed.

            The script's output goes to standard output and standard error as it chose; Kozmic's own lines go to \
            standard error. Ctrl-C stops the script as a cancelled job is stopped, and removes its container.

            Exit status: the script's; 125 when the job could not be run, 130 when it was stopped, 64 wrong usage.
            """)

    @OptionGroup var declared: DeclaredHook

    @Option(help: "The project's repository: a clone on this machine.")
    var repo = "."

    @Option(help: "Any revision that git understands; default: HEAD.")
    var commit: String?

    @Flag(help: "The files as they lie in the work tree, uncommitted changes included.")
    var workTree = false

    @OptionGroup var variables: VariableOptions
    @OptionGroup var engine: EngineOption

    func validate() throws {
        if workTree, commit != nil { throw ValidationError("--work-tree and --commit exclude each other") }
    }

    func run() async throws {
        let found = try declared.find()
        let values = try variables.values()
        let scratch = FileManager.default.temporaryDirectory.appending(path: "kozmic-run-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let outcome: JobOutcome
        do {
            let clone =
                workTree
                ? try await LocalClone.snapshot(repo, in: scratch)
                : try await LocalClone.open(repo, commit: commit ?? "HEAD")
            let host = engine.host
            outcome = try await engine.with { engine in
                let executor = DockerExecutor(engine: engine, workDirectory: "\(scratch)/work")
                return try await DeskRun(
                    repository: found.repository, hook: found.hook, clone: clone, values: values, executor: executor,
                    host: host
                ).run()
            }
        } catch let error as ValidationError {
            throw error
        } catch {
            Print.error("kozmic run: \(error)")
            throw ExitCode(125)
        }
        switch outcome.state {
        case .success, .skipped: return
        case .cancelled: throw ExitCode(130)
        case .failure: throw ExitCode(Int32(clamping: outcome.exitCode ?? 1))
        case .error, .queued, .running: throw ExitCode(125)
        }
    }
}
