import ArgumentParser
import Config
import Model

/// A hook that the command line names, and the work tree of the admin repository that declares it.
struct DeclaredHook: ParsableArguments {
    @Argument(help: "OWNER/REPO/HOOK, as declared in the admin repository.")
    var hook: String

    @Option(help: "The admin repository's work tree.")
    var config = "."

    /// What was declared.
    struct Found {
        var repository: RepositoryName
        var hook: Hook
        /// The project's file, relative to the admin repository.
        var file: String
    }

    /// - Throws: `ValidationError` with the diagnostics when the project is not declared as it should be.
    func find() throws -> Found { try Self.find(hook, in: config) }

    /// The same for a hook that is named otherwise.
    static func find(_ hook: String, in config: String) throws -> Found {
        let parts = hook.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let name = RepositoryName("\(parts[0])/\(parts[1])"), let id = HookID(parts[2]) else {
            throw ValidationError("'\(hook)' is not OWNER/REPO/HOOK")
        }
        let result = ConfigReader.read(try ConfigSource.directory(config))
        guard let project = result.desired.project(name) else {
            let mistakes = result.diagnostics.filter { $0.severity == .error }.map(\.description)
            let way = "name the admin repository's work tree with --config"
            throw ValidationError((["\(name) is not declared in \(config); \(way)"] + mistakes).joined(separator: "\n"))
        }
        guard let hook = project.hook(id) else {
            let known = project.hooks.map(\.id.description).joined(separator: ", ")
            throw ValidationError("\(name) has no hook '\(id)', only: \(known)")
        }
        return Found(repository: project.repository, hook: hook, file: project.file)
    }
}
