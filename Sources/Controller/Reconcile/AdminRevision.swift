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
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-plan-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let mirror = GitMirror(path: folder.path + "/admin.git", remote: configuration.adminRepository)
        try await mirror.fetch(timeout: .seconds(300))
        for name in try await names(revision, configuration, mirror) {
            guard let commit = try await mirror.resolve(name) else { continue }
            return ConfigReader.read(try await AdminTree.read(mirror, commit: commit))
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
