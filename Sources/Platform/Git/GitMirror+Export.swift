import CLibgit2
import FoundationEssentials

extension GitMirror {
    /// Writes only these files and directories of the commit, each at its path below `directory`; missing ones are
    /// skipped. The directory is made when it does not exist; a file that is there already is an error.
    ///
    /// Symbolic links are written as links and modes are kept, a submodule becomes an empty directory, and nothing is ever
    /// written outside of `directory`, whatever the commit holds. Bytes are those in git: see `checkout`.
    public func export(commit: String, paths: [String], into directory: String) throws(GitError) {
        var wanted: Set<[String]> = []
        for path in paths { wanted.insert(try TreePath.parse(path)) }
        // What lies in a directory that is wanted too would be written twice.
        let tops = wanted.filter { path in !(0..<path.count).contains { wanted.contains(Array(path.prefix($0))) } }
        try reading { repository throws(GitError) in
            let root = try repository.tree(ofCommit: commit)
            do {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            } catch {
                throw GitError(.other, "cannot make \(directory): \(error)")
            }
            let folder = try Folder.open(directory)
            var writer = TreeWriter(repository)
            for names in tops.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                if names.isEmpty {
                    try writer.write(tree: root, into: folder) { _, _, _ throws(GitError) in }
                } else if let item = try repository.item(inTree: root, at: names) {
                    try writer.write(item, below: names.dropLast(), in: folder)
                }
            }
        }
    }
}

extension TreeWriter {
    fileprivate mutating func write(
        _ item: TreeItem, below names: ArraySlice<String>, at path: [UInt8] = [], in folder: Folder
    ) throws(GitError) {
        guard let name = names.first.map({ Array($0.utf8) }) else {
            return try write(item, at: TreePath.join(path, item.name), into: folder) { _, _, _ throws(GitError) in }
        }
        guard Self.isHarmless(name) else {
            throw GitError(.invalid, "a path that must not be written: \(TreePath.text(name))")
        }
        let child = try folder.folder(name, mayExist: true)
        try write(item, below: names.dropFirst(), at: TreePath.join(path, name), in: child)
    }
}
