import Foundation
import Git
import Glibc
import Model

extension LocalClone {
    /// The files as they lie in the work tree, those that git tracks or does not ignore: a commit in a repository of its
    /// own, whose parent is the clone's HEAD. It is what `git commit --all` would make, and files that are not tracked yet.
    ///
    /// - Parameter scratch: a folder for that repository.
    static func snapshot(_ folder: String, in scratch: String) async throws -> LocalClone {
        // A clone that is damaged, or has no commit yet, is told of before git looks at it.
        let clone = try await openWhole(folder, commit: "HEAD")
        let copy = "\(scratch)/work-tree.git"
        let top = try await GitProgram.run(["-C", clone.mirror.path, "rev-parse", "--show-toplevel"])
        let places = try await places(of: top)
        try await create(copy, beside: places.common, tags: clone.mirror.references())
        // What is tracked, which modes files have and which are left out of a sparse checkout is in the index only.
        let index = "\(copy)/index"
        try Self.copy(places.index, to: index)
        let git = Aside(top: top, repository: copy, index: index)
        // A file outside of a sparse checkout that lies there all the same is meant.
        try await git.run(["add", "--all", "--sparse"])
        let tree = try await git.run(["write-tree"])
        let head = clone.commit
        var commit = head
        if tree != (try await git.run(["rev-parse", "\(head)^{tree}"])) {
            commit = try await git.run(
                ["commit-tree", tree, "-p", head, "-m", "The work tree with its uncommitted changes"])
        }
        return LocalClone(mirror: GitMirror(readingFrom: copy), commit: commit, ref: clone.ref)
    }

    /// Git in the clone, so that the clone's settings and rules count, which writes nothing there: its index and the
    /// objects that it makes are elsewhere.
    private struct Aside {
        var top: String
        var repository: String
        var index: String

        @discardableResult
        func run(_ arguments: [String]) async throws -> String {
            // No hooks, no watcher of files, no part of the index in the clone, nothing fetched for a partial clone, and
            // no files in Git LFS put aside there.
            let settings = [
                "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.splitIndex=false", "protocol.allow=never",
                "lfs.storage=\(repository)/lfs", "user.name=kozmic run", "user.email=run@localhost",
            ]
            return try await GitProgram.run(
                ["-C", top] + settings.flatMap { ["-c", $0] } + arguments,
                with: ["GIT_INDEX_FILE": index, "GIT_OBJECT_DIRECTORY": "\(repository)/objects"])
        }
    }

    /// Where the clone has its index, which of a linked work tree is its own, and what all its work trees share.
    private static func places(of top: String) async throws -> (index: String, common: String) {
        let ask = ["-C", top, "rev-parse", "--path-format=absolute"]
        return (
            try await GitProgram.run(ask + ["--git-path", "index"]),
            try await GitProgram.run(ask + ["--git-common-dir"])
        )
    }

    /// Makes a repository that reads the clone's objects and keeps its own ones.
    private static func create(_ copy: String, beside common: String, tags references: [GitReference]) throws {
        for folder in ["objects/info", "objects/pack", "refs"] {
            try FileManager.default.createDirectory(atPath: "\(copy)/\(folder)", withIntermediateDirectories: true)
        }
        let tags = references.filter { $0.name.hasPrefix("refs/tags/") }.map { "\($0.target) \($0.name)\n" }
        let files = [
            "HEAD": "ref: refs/heads/none\n", "config": "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
            "objects/info/alternates": "\(common)/objects\n", "packed-refs": tags.joined(),
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(copy)/\(name)")) }
        try Self.copy("\(common)/shallow", to: "\(copy)/shallow")
    }

    /// Copies a file, if it is there, with its time: by that of its index git knows which files may have changed after it.
    private static func copy(_ file: String, to target: String) throws {
        guard let bytes = FileManager.default.contents(atPath: file) else { return }
        try bytes.write(to: URL(filePath: target))
        var facts = stat()
        guard stat(file, &facts) == 0, utimensat(AT_FDCWD, target, [facts.st_atim, facts.st_mtim], 0) == 0 else {
            throw SettingProblem("cannot copy \(file): \(String(cString: strerror(errno)))")
        }
    }
}
