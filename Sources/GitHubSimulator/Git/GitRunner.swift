import Foundation
import Subprocess

/// Runs git on the bare repositories of the state directory. Nothing of the user's configuration is read.
struct GitRunner: Sendable {
    /// What one command may print.
    static let outputLimit = 64 << 20

    private let stateDirectory: String
    /// The folder of the bare repositories, each named by its number, so that a rename moves nothing.
    var repositories: String { stateDirectory + "/repositories" }

    init(stateDirectory: String) {
        self.stateDirectory = stateDirectory
    }

    func path(_ repository: Int64) -> String { "\(repositories)/\(repository).git" }

    /// Empties the folder of the repositories.
    func prepare() throws {
        try? FileManager.default.removeItem(atPath: repositories)
        try FileManager.default.createDirectory(atPath: repositories, withIntermediateDirectories: true)
    }

    func remove(_ repository: Int64) throws {
        try FileManager.default.removeItem(atPath: path(repository))
    }

    /// What git sees: our own folder as home, and repositories that may belong to another user of the system.
    var environment: [Environment.Key: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
            "HOME": stateDirectory, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            "GIT_TERMINAL_PROMPT": "0", "GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com",
            "GIT_AUTHOR_NAME": "GitHub", "GIT_AUTHOR_EMAIL": "noreply@github.com",
        ]
    }

    /// Runs a command to its end and answers its standard output; throws ``GitFailure`` when it fails.
    @discardableResult
    func run(_ arguments: [String], in repository: Int64? = nil, input: [UInt8] = []) async throws -> [UInt8] {
        let place = repository.map { ["--git-dir", path($0)] } ?? []
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(place + arguments), environment: .custom(environment),
            input: .array(input), output: .bytes(limit: Self.outputLimit), error: .string(limit: 64 << 10))
        guard result.terminationStatus.isSuccess else {
            throw GitFailure(command: arguments.first ?? "", message: result.standardError)
        }
        return result.standardOutput
    }

    /// As ``run(_:in:input:)``, for one line of text.
    func line(_ arguments: [String], in repository: Int64, input: [UInt8] = []) async throws -> String {
        String(decoding: try await run(arguments, in: repository, input: input), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A git command that failed, in git's own words.
struct GitFailure: Error, CustomStringConvertible {
    let command: String
    let message: String
    var description: String { "git \(command): \(message.trimmingCharacters(in: .whitespacesAndNewlines))" }
}
