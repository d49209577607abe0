import ArgumentParser
import Config
import Controller
import Curl
import Foundation
import GitHub
import Model

/// `kozmic import OWNER/REPO`
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Print a project file for what GitHub has today.",
        discussion: """
            Reads collaborators, pending invitations and teams and writes them as a project declares them, with an \
            example of a hook as a comment. Applied as it is, the file changes nothing on GitHub: 'kozmic plan' is \
            empty, except for the webhooks of a repository that the server has already, whose hooks are not known: a \
            comment names them. Nothing is changed here either; files that exist are left as they are.

            Exit status: 0 done, 1 some repository could not be imported.
            """)

    @Argument(help: "Repositories, as OWNER/REPO.")
    var repositories: [String] = []

    @Option(
        name: .customLong("org"),
        help: "All repositories of this organization or user; with an app, those that it was given there.")
    var account: String?

    @Option(help: "The work tree of an admin repository: each file is written below its projects/ folder.")
    var into: String?

    @OptionGroup var options: ServeOptions

    func validate() throws {
        guard !repositories.isEmpty || account != nil else {
            throw ValidationError("name a repository, or all of an organization with --org NAME")
        }
        guard into != nil || (repositories.count == 1 && account == nil) else {
            throw ValidationError("several files need --into DIR")
        }
    }

    func run() async throws {
        do {
            var options = options
            // The admin repository is not read.
            options.configRepo = options.configRepo ?? "."
            let settings = try ServeSettings(options)
            try settings.requireGitHubIdentity()
            let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))
            let client = settings.gitHubClient(curl)
            let result: Result<Int, any Error>
            let importer = RepositoryImport(client: client, externalURL: settings.externalURL)
            do { result = .success(try await run(importer)) } catch { result = .failure(error) }
            await curl.close()
            if try result.get() > 0 { throw ExitCode.failure }
        } catch let problem as SettingProblem {
            throw ValidationError(problem.description)
        } catch let code as ExitCode {
            throw code
        } catch {
            Print.error("kozmic import: \(error)")
            throw ExitCode.failure
        }
    }

    /// - Returns: how many repositories could not be imported.
    private func run(_ importer: RepositoryImport) async throws -> Int {
        var names = try repositories.map { text in
            guard let name = RepositoryName(text) else { throw SettingProblem("'\(text)' is not OWNER/REPO") }
            return name
        }
        if let account {
            let list = try await importer.repositories(of: account)
            for line in list.left { Print.error("left out: \(line)") }
            names += list.found.filter { !names.contains($0) }
        }
        var failures = 0
        for name in names {
            do {
                try write(try await importer.draft(name))
            } catch {
                failures += 1
                Print.error("\(name): \((error as? GitHubError)?.message ?? "\(error)")")
            }
        }
        return failures
    }

    private func write(_ draft: ProjectDraft) throws {
        let text = draft.text
        try check(text, draft)
        guard let into else { return print(text, terminator: "") }
        let file = URL(filePath: into).appending(path: draft.path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        do {
            try Data(text.utf8).write(to: file, options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            throw SettingProblem("\(file.path) exists already and is left as it is")
        }
        print(file.path)
    }

    /// What is written passes the linter, whatever GitHub calls its accounts.
    private func check(_ text: String, _ draft: ProjectDraft) throws {
        let result = ConfigReader.read(ConfigSource(files: [draft.path: Array(text.utf8)]))
        if let error = result.diagnostics.first(where: { $0.severity == .error }) {
            throw SettingProblem("what GitHub has cannot be declared: \(error.message)")
        }
    }
}
