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
            standard error. Ctrl-C stops the script as a cancelled job is stopped, and removes its container. With \
            --output json all of the log goes to standard error, and standard output gets one object at the end: how the \
            job ended, its image and cache key, and how many seconds each phase took.

            The script is told (KOZMIC_REF) the branch or tag that --commit names or that is checked out. For any other \
            revision, such as an id, HEAD~1 or a detached HEAD, it is the branch that points to that commit, if there is \
            exactly one; else KOZMIC_REF is HEAD, and neither KOZMIC_BRANCH nor KOZMIC_TAG is set.

            When nobody reads the output any longer, as with `| head -1`, the job is stopped likewise.

            Exit status: the script's; 125 when the job could not be run, 130 when it was stopped, 64 wrong usage.
            """)

    @OptionGroup var declared: DeclaredHook

    @Option(help: "The project's repository: a clone on this machine, or a folder in one.")
    var repo = "."

    @Option(help: "Any revision that git understands; default: HEAD.")
    var commit: String?

    @Flag(help: "The files as they lie in the work tree, uncommitted changes included.")
    var workTree = false

    @OptionGroup var variables: VariableOptions
    @OptionGroup var engine: EngineOption

    @Option(help: "text or json")
    var output = OutputFormat.text

    func validate() throws {
        if workTree, commit != nil { throw ValidationError("--work-tree and --commit exclude each other") }
    }

    func run() async throws {
        let report = try await attempt("kozmic run", status: 125) { try await self.report() }
        if output == .json { try Print.json(report) }
        switch report.state {
        case .success, .skipped: return
        case .cancelled: throw ExitCode(130)
        case .failure: throw ExitCode(Int32(clamping: report.exitCode ?? 1))
        case .error, .queued, .running: throw ExitCode(125)
        }
    }

    private func report() async throws -> DeskReport {
        let found = try declared.find()
        let values = try variables.values()
        let scratch = FileManager.default.temporaryDirectory.appending(path: "kozmic-run-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let clone =
            workTree
            ? try await LocalClone.snapshot(repo, in: scratch)
            : try await LocalClone.openWhole(repo, commit: commit ?? "HEAD")
        let host = engine.host
        let control = JobControl()
        let log = ConsoleLog(output: output == .json ? 2 : 1) { control.cancel(reason: "nobody reads the output") }
        return try await engine.with { engine in
            let run = DeskRun(
                repository: found.repository, hook: found.hook, clone: clone, values: values,
                executor: DockerExecutor(engine: engine, workDirectory: "\(scratch)/work"), host: host,
                log: log, control: control)
            return run.notes.report(found, clone, try await run.run())
        }
    }
}
