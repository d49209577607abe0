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

            With --output json it prints an object for each repository, with the file's text or the error.

            Exit status: 0 done, 1 some repository could not be imported, 64 wrong usage.
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

    @Option(help: "text or json")
    var output = OutputFormat.text

    func validate() throws {
        guard !repositories.isEmpty || account != nil else {
            throw ValidationError("name a repository, or all of an organization with --org NAME")
        }
        for text in repositories where RepositoryName(text) == nil {
            throw ValidationError("'\(text)' is not OWNER/REPO")
        }
        guard into != nil || output == .json || (repositories.count == 1 && account == nil) else {
            throw ValidationError("several files need --into DIR")
        }
    }

    /// What became of a repository, for programs.
    private struct Imported: Encodable {
        var repository: RepositoryName
        /// Where the file belongs in an admin repository.
        var path: String?
        /// Where it was written.
        var file: String?
        var text: String?
        var error: String?
    }

    func run() async throws {
        try await attempt("kozmic import") {
            var options = options
            // The admin repository is not read.
            options.configRepo = options.configRepo ?? "/"
            let settings = try ServeSettings(options)
            try settings.requireGitHubIdentity()
            let curl = CurlClient(CurlOptions(userAgent: "kozmic/\(Version.text)", caFile: settings.caFile))
            let client = settings.gitHubClient(curl)
            let result: Result<[Imported], any Error>
            let importer = RepositoryImport(client: client, externalURL: settings.externalURL)
            do { result = .success(try await run(importer)) } catch { result = .failure(error) }
            await curl.close()
            let imported = try result.get()
            if output == .json { try Print.json(imported) }
            if imported.contains(where: { $0.error != nil }) { throw ExitCode.failure }
        }
    }

    private func run(_ importer: RepositoryImport) async throws -> [Imported] {
        var names = repositories.compactMap { RepositoryName($0) }
        if let account {
            let list = try await importer.repositories(of: account)
            for line in list.left { Print.error("left out: \(line)") }
            names += list.found.filter { !names.contains($0) }
        }
        var all: [Imported] = []
        for name in names {
            var imported = Imported(repository: name)
            do {
                let draft = try await importer.draft(name)
                (imported.path, imported.text) = (draft.path, draft.text)
                try check(draft.text, draft)
                imported.file = try write(draft)
                if output == .text { print(imported.file.map { "\($0)\n" } ?? draft.text, terminator: "") }
            } catch {
                let words = (error as? GitHubError)?.message ?? "\(error)"
                imported.error = words
                Print.error("\(name): \(words)")
            }
            all.append(imported)
        }
        return all
    }

    /// - Returns: the file's path, unless the draft is only printed.
    private func write(_ draft: ProjectDraft) throws -> String? {
        guard let into else { return nil }
        let file = URL(filePath: into).appending(path: draft.path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        do {
            try Data(draft.text.utf8).write(to: file, options: .withoutOverwriting)
        } catch CocoaError.fileWriteFileExists {
            throw SettingProblem("\(file.path) exists already and is left as it is")
        }
        return file.path
    }

    /// What is written passes the linter, whatever GitHub calls its accounts.
    private func check(_ text: String, _ draft: ProjectDraft) throws {
        let result = ConfigReader.read(ConfigSource(files: [draft.path: Array(text.utf8)]))
        if let error = result.diagnostics.first(where: { $0.severity == .error }) {
            throw SettingProblem("what GitHub has cannot be declared: \(error.message)")
        }
    }
}
