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

    func validate() throws { _ = try Self.name(hook) }

    /// - Throws: `SettingProblem` with the diagnostics when the project is not declared as it should be.
    func find() throws -> Found { try Self.find(hook, in: config) }

    /// The same for a hook that is named otherwise.
    static func find(_ hook: String, in config: String) throws -> Found {
        let (name, id) = try name(hook)
        let result = ConfigReader.read(try ConfigSource.directory(config))
        guard let project = result.desired.project(name) else {
            let mistakes = result.diagnostics.filter { $0.severity == .error }.map(\.description)
            let first =
                result.desired.broken.contains(name)
                ? "\(name) is declared in \(config), but with mistakes:"
                : "\(name) is not declared in \(config); name the admin repository's work tree with --config"
            throw SettingProblem(([first] + mistakes).joined(separator: "\n"))
        }
        guard let hook = project.hook(id) else {
            let known = project.hooks.map(\.id.description).joined(separator: ", ")
            throw SettingProblem("\(name) has no hook '\(id)', only: \(known)")
        }
        return Found(repository: project.repository, hook: hook, file: project.file)
    }

    /// - Throws: `ValidationError` when it is no such name.
    static func name(_ text: String) throws -> (RepositoryName, HookID) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let name = RepositoryName("\(parts[0])/\(parts[1])"), let id = HookID(parts[2]) else {
            throw ValidationError("'\(text)' is not OWNER/REPO/HOOK")
        }
        return (name, id)
    }
}
