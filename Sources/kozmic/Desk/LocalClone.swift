import Foundation
import Git
import Model

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

    /// The branch or tag that the revision names, or that is checked out; of any other revision the branch that points to
    /// the commit, if it is the only one. Else `HEAD`, which is neither a branch nor a tag.
    private static func ref(of revision: String, _ commit: String, _ mirror: GitMirror) async throws -> GitRef {
        let references = try await mirror.references()
        if revision == "HEAD" || revision == "@" {
            let branch = try? await GitProgram.run(["-C", mirror.path, "symbolic-ref", "--quiet", "HEAD"])
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
}
