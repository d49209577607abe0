import ArgumentParser
import Foundation
import Git
import Model
import Subprocess

/// A clone on this machine, of which one commit is looked at. Somebody works in it: nothing in it is changed.
struct LocalClone: Sendable {
    /// Where the commit can be read.
    var mirror: GitMirror
    /// The commit, 40 hexadecimal digits.
    var commit: String
    /// What the script is told that it builds.
    var ref: GitRef

    /// A commit of the clone.
    ///
    /// - Throws: `ValidationError` when it has none of that name; `GitError`.
    static func open(_ folder: String, commit revision: String) async throws -> LocalClone {
        let mirror = GitMirror(readingFrom: folder)
        guard let commit = try await mirror.resolve(revision) else {
            throw ValidationError("\(folder) has no commit '\(revision)'")
        }
        return LocalClone(mirror: mirror, commit: commit, ref: try await ref(revision, folder, mirror))
    }

    /// The files as they lie in the work tree, those that git does not ignore: a commit in a copy, whose parent is the
    /// clone's HEAD.
    ///
    /// - Parameter scratch: a folder for the copy.
    static func snapshot(_ folder: String, in scratch: String) async throws -> LocalClone {
        let copy = "\(scratch)/work-tree.git"
        // Objects are linked where the file system allows it.
        try await git(["clone", "--quiet", "--bare", "--", folder, copy])
        let top = try await git(["-C", folder, "rev-parse", "--show-toplevel"])
        let exclude = try await git(["-C", folder, "rev-parse", "--path-format=absolute", "--git-path", "info/exclude"])
        if let rules = FileManager.default.contents(atPath: exclude) {
            try FileManager.default.createDirectory(atPath: "\(copy)/info", withIntermediateDirectories: true)
            try rules.write(to: URL(filePath: "\(copy)/info/exclude"))
        }
        try await git(["-C", top, "--git-dir", copy, "--work-tree", top, "-c", "core.bare=false", "add", "--all"])
        let tree = try await git(["--git-dir", copy, "write-tree"])
        let head = try await git(["-C", folder, "rev-parse", "HEAD"])
        var commit = head
        if tree != (try await git(["--git-dir", copy, "rev-parse", "\(head)^{tree}"])) {
            commit = try await git([
                "--git-dir", copy, "-c", "user.name=kozmic run", "-c", "user.email=run@localhost", "commit-tree", tree,
                "-p", head, "-m", "The work tree with its uncommitted changes",
            ])
        }
        let mirror = GitMirror(readingFrom: copy)
        return LocalClone(mirror: mirror, commit: commit, ref: try await ref("HEAD", folder, mirror))
    }

    /// The branch or tag of that name, else the branch that is checked out.
    private static func ref(_ revision: String, _ folder: String, _ mirror: GitMirror) async throws -> GitRef {
        for name in ["refs/heads/\(revision)", "refs/tags/\(revision)"] where revision != "HEAD" {
            if try await mirror.references().contains(where: { $0.name == name }) { return GitRef(name) }
        }
        let branch = try? await git(["-C", folder, "symbolic-ref", "--quiet", "HEAD"])
        return GitRef(branch ?? "refs/heads/HEAD")
    }

    /// What git printed, without the line end.
    @discardableResult
    static func git(_ arguments: [String]) async throws -> String {
        let answer: (isWell: Bool, output: String, words: String)
        do {
            answer = try await run(arguments)
        } catch {
            throw ValidationError("git cannot be run: \(error)")
        }
        guard answer.isWell else {
            throw ValidationError("git \(arguments.joined(separator: " ")): \(trimmed(answer.words))")
        }
        return trimmed(answer.output)
    }

    private static func run(_ arguments: [String]) async throws -> (isWell: Bool, output: String, words: String) {
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(arguments), input: .none, output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
    }

    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
