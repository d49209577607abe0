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

    /// The same, of a commit whose files are all there.
    ///
    /// - Throws: `SettingProblem` with the way out when the clone is a partial one that lacks some: git would fetch them.
    static func openWhole(_ folder: String, commit revision: String) async throws -> LocalClone {
        let clone = try await open(folder, commit: revision)
        let path = clone.mirror.path
        let keys = "^remote\\..*\\.(promisor|partialclonefilter)$|^extensions\\.partialclone$"
        let settings = try? await GitProgram.run(["-C", path, "config", "--get-regexp", keys])
        guard let settings else { return clone }
        // The remote's name may have dots.
        let remote = settings.split(separator: "\n").first { $0.hasPrefix("remote.") }?.split(separator: " ").first?
            .dropFirst("remote.".count)
        let name = remote?.lastIndex(of: ".").flatMap { remote?[..<$0] } ?? "origin"
        let missing = try await GitProgram.run([
            "-C", path, "rev-list", "--objects", "--no-walk", "--missing=print", "--quiet", clone.commit,
        ])
        let count = missing.split(separator: "\n").count { $0.hasPrefix("?") }
        guard count > 0 else { return clone }
        throw SettingProblem(
            """
            \(path) is a partial clone that lacks \(count) objects of commit \(clone.commit); fetch all of them with: \
            git -C '\(path)' fetch --refetch --no-filter \(name)
            """)
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
