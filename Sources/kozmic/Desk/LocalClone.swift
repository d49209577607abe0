import Foundation
import Git
import Model
import Subprocess

/// A clone on this machine, of which one commit is looked at. Somebody works in it: nothing in it is changed.
struct LocalClone: Sendable {
    /// Where the commit can be read: at the path of the work tree, or of the bare repository.
    var mirror: GitMirror
    /// The commit, 40 hexadecimal digits.
    var commit: String
    /// What the script is told that it builds.
    var ref: GitRef

    /// A commit of the clone that a folder is in.
    ///
    /// - Throws: `SettingProblem` when it has none of that name; `GitError`.
    static func open(_ folder: String, commit revision: String) async throws -> LocalClone {
        guard FileManager.default.fileExists(atPath: folder) else {
            throw SettingProblem("there is no folder \(folder); name the project's clone with --repo")
        }
        let mirror = try GitMirror.around(folder)
        guard let commit = try await mirror.resolve(revision) else {
            throw SettingProblem("\(folder) has no commit '\(revision)'")
        }
        return LocalClone(mirror: mirror, commit: commit, ref: try await ref(of: revision, commit, mirror))
    }

    /// The files as they lie in the work tree, those that git does not ignore: a commit in a copy, whose parent is the
    /// clone's HEAD.
    ///
    /// - Parameter scratch: a folder for the copy.
    static func snapshot(_ folder: String, in scratch: String) async throws -> LocalClone {
        // A clone that is damaged, or has no commit yet, is told of before git looks at it.
        let clone = try await open(folder, commit: "HEAD")
        let copy = "\(scratch)/work-tree.git"
        // Objects are linked where the file system allows it.
        try await git(["clone", "--quiet", "--bare", "--", clone.mirror.path, copy])
        let top = try await git(["-C", clone.mirror.path, "rev-parse", "--show-toplevel"])
        let exclude = try await git(["-C", top, "rev-parse", "--path-format=absolute", "--git-path", "info/exclude"])
        if let rules = FileManager.default.contents(atPath: exclude) {
            try FileManager.default.createDirectory(atPath: "\(copy)/info", withIntermediateDirectories: true)
            try rules.write(to: URL(filePath: "\(copy)/info/exclude"))
        }
        try await git(["-C", top, "--git-dir", copy, "--work-tree", top, "-c", "core.bare=false", "add", "--all"])
        let tree = try await git(["--git-dir", copy, "write-tree"])
        let head = clone.commit
        var commit = head
        if tree != (try await git(["--git-dir", copy, "rev-parse", "\(head)^{tree}"])) {
            commit = try await git([
                "--git-dir", copy, "-c", "user.name=kozmic run", "-c", "user.email=run@localhost", "commit-tree", tree,
                "-p", head, "-m", "The work tree with its uncommitted changes",
            ])
        }
        return LocalClone(mirror: GitMirror(readingFrom: copy), commit: commit, ref: clone.ref)
    }

    /// The branch or tag that the revision names, or that is checked out; of any other revision the branch that points to
    /// the commit, if it is the only one. Else `HEAD`, which is neither a branch nor a tag.
    private static func ref(of revision: String, _ commit: String, _ mirror: GitMirror) async throws -> GitRef {
        let references = try await mirror.references()
        if revision == "HEAD" || revision == "@" {
            let branch = try? await git(["-C", mirror.path, "symbolic-ref", "--quiet", "HEAD"])
            if let branch { return GitRef(branch) }
        } else {
            // In git's own order, so that it is the name whose commit was found.
            let names = ["", "refs/", "refs/tags/", "refs/heads/"].map { $0 + revision }
            let named = names.first { name in name.hasPrefix("refs/") && references.contains { $0.name == name } }
            if let named { return GitRef(named) }
        }
        let branches = references.filter { $0.name.hasPrefix("refs/heads/") && $0.target == commit }
        return GitRef(branches.count == 1 ? branches[0].name : "HEAD")
    }

    /// What git printed, without the line end.
    @discardableResult
    static func git(_ arguments: [String]) async throws -> String {
        let answer: (isWell: Bool, output: String, words: String)
        do {
            answer = try await run(arguments)
        } catch {
            throw SettingProblem("git cannot be run: \(error)")
        }
        guard answer.isWell else {
            // What follows the first line is for those who typed the command.
            throw SettingProblem("git: \(answer.words.split(whereSeparator: \.isNewline).first ?? "it failed")")
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
