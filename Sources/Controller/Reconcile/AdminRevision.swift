import Config
import Foundation
import Git
import Store

/// Reads one revision of the admin repository for a program that then ends: into a mirror of its own, which is removed
/// again, so that a server that works with the data directory is not disturbed.
public enum AdminRevision {
    /// There is no such revision.
    public struct Problem: Error, CustomStringConvertible {
        /// One sentence.
        public var description: String
    }

    /// What a revision says, and whether the server would take it.
    public struct Reading: Sendable {
        /// What it says.
        public var result: ConfigResult
        /// Why a server with what is applied now would hold it; `nil` when it would not, or nothing is known of one.
        public var refusal: String?

        /// Memberwise.
        public init(result: ConfigResult, refusal: String? = nil) {
            self.result = result
            self.refusal = refusal
        }
    }

    /// - Parameters:
    ///   - revision: a branch, a tag or a commit; `nil` for the branch that the server reads.
    ///   - applied: what a server has applied, if there is one.
    ///   - records: what it remembers of GitHub.
    /// - Throws: `GitError` or `Problem`.
    public static func read(
        _ configuration: ControllerConfiguration, revision: String?, applied: AppliedConfiguration? = nil,
        records: [ReconcileRecord] = []
    ) async throws -> Reading {
        try await with(configuration, revision: revision) { mirror, commit in
            let result = ConfigReader.read(try await AdminTree.read(mirror, commit: commit))
            guard let applied, applied.commit != commit else { return Reading(result: result) }
            let gate = RevisionGate(mirror, applied, records)
            var refusal = try await gate.signatureRefusal(of: commit)
            if refusal == nil { refusal = try await gate.removalRefusal(of: result.desired, heads: [commit]) }
            return Reading(result: result, refusal: refusal)
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
        throw Problem(
            description: revision.map { "'\($0)' is no folder here, and no revision of the admin repository" }
                ?? "the admin repository has no commits on its branch")
    }

    /// Judges a work tree as the commit that it would become. Whether that will be signed is not known; trailers count
    /// when the folder is a clone of git with commits since the applied one.
    ///
    /// - Throws: `GitError`.
    public static func judge(
        _ result: ConfigResult, folder: String, applied: AppliedConfiguration?, records: [ReconcileRecord] = []
    ) async throws -> Reading {
        guard let applied else { return Reading(result: result) }
        var clone: GitMirror? = GitMirror(readingFrom: folder)
        var heads: [String] = []
        do throws(GitError) {
            heads = try await clone?.resolve("HEAD").map { [$0] } ?? []
        } catch {
            guard error.kind == .notFound else { throw error }
            clone = nil
        }
        let refusal = try await RevisionGate(clone, applied, records).removalRefusal(of: result.desired, heads: heads)
        return Reading(result: result, refusal: refusal)
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
