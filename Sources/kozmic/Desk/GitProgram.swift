import Foundation
import Subprocess

/// The git of this machine, for what concerns somebody's clone.
enum GitProgram {
    /// Variables of git that say how the person works, not which repository is meant. Git hands the last two on to the
    /// repositories of submodules as well; nothing is ever fetched here, so no ways to sign in are among them.
    private static let kept = [
        "GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
    ]

    /// Runs git in the repository that the arguments name, and in no other: a hook of git is started with `GIT_DIR`,
    /// `GIT_INDEX_FILE` and more of the repository that it belongs to, and git would write there.
    ///
    /// - Parameter variables: what git is told beside the arguments.
    /// - Returns: what it printed, without the line end.
    /// - Throws: `SettingProblem` with the first line that git complains with.
    @discardableResult
    static func run(_ arguments: [String], with variables: [String: String] = [:]) async throws -> String {
        let result: (isWell: Bool, output: String, words: String)
        do {
            result = try await end(arguments, variables)
        } catch {
            throw SettingProblem("git cannot be run: \(error)")
        }
        guard result.isWell else {
            // What follows the first line is for those who typed the command.
            throw SettingProblem("git: \(result.words.split(whereSeparator: \.isNewline).first ?? "it failed")")
        }
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The variables of this process that git must not see.
    static func hidden(of names: some Sequence<String>) -> [String] {
        names.filter { name in
            name.hasPrefix("GIT_") && !kept.contains(name) && !name.hasPrefix("GIT_CONFIG_KEY_")
                && !name.hasPrefix("GIT_CONFIG_VALUE_")
        }
    }

    private static func end(
        _ arguments: [String], _ variables: [String: String]
    ) async throws -> (isWell: Bool, output: String, words: String) {
        var changes: [Environment.Key: String?] = [:]
        for name in hidden(of: ProcessInfo.processInfo.environment.keys) {
            changes.updateValue(nil, forKey: Environment.Key(stringLiteral: name))
        }
        for (name, value) in variables { changes[Environment.Key(stringLiteral: name)] = value }
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(arguments), environment: .inherit.updating(changes), input: .none,
            output: .string(limit: 64 << 20), error: .string(limit: 1 << 16))
        return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    }
}
