import Config
import Foundation
import Git

/// Reads one revision of the admin repository for a program that then ends: into a mirror of its own, which is removed
/// again, so that a server that works with the data directory is not disturbed.
public enum AdminRevision {
    /// There is no such revision.
    public struct Problem: Error, CustomStringConvertible {
        /// One sentence.
        public var description: String
    }

    /// - Parameter revision: a branch, a tag or a commit; `nil` for the branch that the server reads.
    /// - Throws: `GitError` or `Problem`.
    public static func read(_ configuration: ControllerConfiguration, revision: String?) async throws -> ConfigResult {
        try await with(configuration, revision: revision) { mirror, commit in
            ConfigReader.read(try await AdminTree.read(mirror, commit: commit))
        }
    }

    /// Explains settings as they are at one revision.
    ///
    /// - Parameters:
    ///   - revision: a branch, a tag or a commit; `nil` for the branch that the server reads.
    ///   - body: is given what explains, which can be used until it ends.
    /// - Throws: `GitError`, `Problem`, or what `body` throws.
    public static func explain<Value: Sendable>(
        _ configuration: ControllerConfiguration, revision: String?,
        _ body: @Sendable (AdminExplainer) async throws -> Value
    ) async throws -> Value {
        try await with(configuration, revision: revision) { mirror, commit in
            try await body(
                AdminExplainer(
                    source: try await AdminTree.read(mirror, commit: commit), mirror: mirror, commit: commit))
        }
    }

    private static func with<Value: Sendable>(
        _ configuration: ControllerConfiguration, revision: String?,
        _ body: (GitMirror, String) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-plan-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let mirror = GitMirror(path: folder.path + "/admin.git", remote: configuration.adminRepository)
        try await mirror.fetch(timeout: .seconds(300))
        for name in try await names(revision, configuration, mirror) {
            guard let commit = try await mirror.resolve(name) else { continue }
            return try await body(mirror, commit)
        }
        throw Problem(description: "the admin repository has no \(revision ?? "commits on its branch")")
    }

    private static func names(
        _ revision: String?, _ configuration: ControllerConfiguration, _ mirror: GitMirror
    ) async throws -> [String] {
        if let revision { return ["refs/heads/\(revision)", "refs/tags/\(revision)", revision] }
        if let branch = configuration.adminBranch { return ["refs/heads/\(branch)"] }
        let head = try await mirror.remoteReferences(timeout: .seconds(60)).first { $0.name == "HEAD" }
        return [head?.symbolicTarget ?? "refs/heads/main"]
    }
}
