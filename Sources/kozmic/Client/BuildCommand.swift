import ArgumentParser
import Curl
import Model
import Web

/// `kozmic build OWNER/REPO`
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Start a build by hand, of a branch, a tag or a commit.",
        discussion: """
            Prints the address of the build. What the ref is on GitHub now is built; a commit that was built before gets \
            new attempts of its jobs. For managers of the project: those who can push to it on GitHub.

            Exit status: 0 queued, 1 the server refused or cannot be asked.
            """)

    @Argument(help: "The project: OWNER/REPO.")
    var project: ProjectName

    @Option(help: "A branch, a tag or a commit; without it, the default branch.")
    var ref: String?

    @Option(
        name: .customLong("hook"),
        help: """
            A hook to run, whatever its 'on' says unless it has secrets; may be given again. Without it, what a push to \
            the ref would run.
            """
    )
    var hooks: [String] = []

    @OptionGroup var options: ClientOptions

    func validate() throws {
        for hook in hooks where HookID(hook) == nil {
            throw ValidationError("--hook: expected a hook's id such as tests, found '\(hook)'")
        }
        try options.requireServer()
    }

    /// What the server is sent.
    struct Body: Encodable {
        var ref: String?
        var hooks: [String]?
    }

    func run() async throws {
        let build = try await options.server.ask("kozmic build") { server -> BuildDocument in
            try await server.post(
                "projects/\(project.repository)/builds", Body(ref: ref, hooks: hooks.isEmpty ? nil : hooks),
                // The server fetches the repository first.
                timeouts: CurlTimeouts(idle: .seconds(180), overall: .seconds(180)))
        }
        if options.isJSON { return try Print.json(build) }
        print((build.page ?? "\(build.repository)#\(build.number)").withoutControls)
    }
}
