import CLibgit2

extension GitMirror {
    /// Deeper trees are refused.
    static let depthLimit = 200

    /// The entry at a path of a commit's tree, or nil; `.` is the root tree. `./a//b/` means `a/b`; absolute paths and
    /// `..` are refused.
    public func entry(commit: String, path: String) throws(GitError) -> GitTreeEntry? {
        try entries(commit: commit, paths: [path]).first ?? nil
    }

    /// The same for several paths, in their order: to open the repository takes longer than to look one up.
    public func entries(commit: String, paths: [String]) throws(GitError) -> [GitTreeEntry?] {
        var names: [[String]] = []
        for path in paths { names.append(try TreePath.parse(path)) }
        return try reading { repository throws(GitError) in
            let root = try repository.tree(ofCommit: commit)
            var found: [GitTreeEntry?] = []
            for names in names {
                if names.isEmpty {
                    found.append(
                        GitTreeEntry(
                            mode: "040000", type: .tree, object: ObjectID.hex(root), path: Array(".".utf8)))
                } else {
                    found.append(
                        try repository.item(inTree: root, at: names)?
                            .entry(at: Array(names.joined(separator: "/").utf8)))
                }
            }
            return found
        }
    }

    /// The entries below a path, in git's order; without `recursive` only the direct ones. With it, directories are not
    /// listed, only what is in them. A path that is no directory has none. More than `limit` entries are an error.
    public func list(
        commit: String, under: String = ".", recursive: Bool = true, limit: Int = 100_000
    ) throws(GitError) -> [GitTreeEntry] {
        let names = try TreePath.parse(under)
        return try reading { repository throws(GitError) in
            var tree = try repository.tree(ofCommit: commit)
            if !names.isEmpty {
                guard let item = try repository.item(inTree: tree, at: names), item.type == .tree else { return [] }
                tree = item.id
            }
            var found: [GitTreeEntry] = []
            // Trees without files would never reach the limit, so they count as well.
            var visits = 0
            func visit(_ tree: git_oid, _ folder: [UInt8], _ depth: Int) throws(GitError) {
                guard depth <= Self.depthLimit else { throw GitError(.invalid, "the tree is nested too deeply") }
                try LibGit2.checkCancellation()
                for item in try repository.items(ofTree: tree) {
                    visits += 1
                    guard visits <= 2 * limit + 1000, found.count < limit || (recursive && item.type == .tree) else {
                        throw GitError(.invalid, "\(under) holds more than \(limit) files")
                    }
                    let path = TreePath.join(folder, item.name)
                    if recursive, item.type == .tree {
                        try visit(item.id, path, depth + 1)
                    } else {
                        found.append(item.entry(at: path))
                    }
                }
            }
            try visit(tree, Array(names.joined(separator: "/").utf8), 0)
            return found
        }
    }

    /// The bytes of a file; more than `limit` are an error.
    public func blob(_ object: String, limit: Int = 16 << 20) throws(GitError) -> [UInt8] {
        let id = try ObjectID.parse(object)
        return try reading { repository throws(GitError) in
            do throws(GitError) {
                return try repository.withBlob(id, limit: limit) { bytes throws(GitError) in [UInt8](bytes) }
            } catch {
                // Nobody promised that the object exists, so its absence alone is no damage.
                guard error.kind == .corrupt, !repository.holds(id), !repository.hasBrokenReference() else {
                    throw error
                }
                throw GitError(.notFound, "there is no file \(object)")
            }
        }
    }

    /// The bytes of several files, by object. Those of more than `limit` bytes, or that are not there, are left out; more
    /// than `total` bytes of all together are an error.
    public func blobs(
        _ objects: some Sequence<String>, limit: Int = 16 << 20, total: Int
    ) throws(GitError) -> [String: [UInt8]] {
        var ids: [git_oid] = []
        for object in objects { ids.append(try ObjectID.parse(object)) }
        return try reading { repository throws(GitError) in
            var found: [String: [UInt8]] = [:]
            var left = total
            for id in ids {
                try LibGit2.checkCancellation()
                do throws(GitError) {
                    let bytes = try repository.withBlob(id, limit: limit) { bytes throws(GitError) in [UInt8](bytes) }
                    left -= bytes.count
                    found[ObjectID.hex(id)] = bytes
                } catch {
                    guard error.kind == .invalid || !repository.holds(id) else { throw error }
                }
                guard left >= 0 else { throw GitError(.invalid, "the files have more than \(total) bytes") }
            }
            return found
        }
    }

    /// The paths that differ between two commits, or that a commit holds when there is none before it. Submodules count,
    /// directories do not; more than 100 000 are an error.
    public func changes(from: String?, to: String) throws(GitError) -> [GitChange] {
        try reading { repository throws(GitError) in
            let new = try repository.tree(ofCommit: to)
            guard let from else { return try repository.changes(from: nil, to: new) }
            return try repository.changes(from: try repository.tree(ofCommit: from), to: new)
        }
    }
}
