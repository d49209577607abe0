import CLibgit2

extension BareRepository {
    /// Looks up a commit. A missing one is `.notFound`, unless the mirror is so damaged that this says nothing.
    func withCommit<Value>(
        _ id: String, _ body: (OpaquePointer) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var oid = try ObjectID.parse(id)
        var commit: OpaquePointer?
        let code = git_commit_lookup(&commit, pointer, &oid)
        if code == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            throw hasBrokenReference()
                ? GitError(.corrupt, "the mirror lost the objects of its references")
                : GitError(.notFound, "there is no commit \(id)")
        }
        try LibGit2.check(code, "commit \(id)")
        guard let commit else { throw GitError(.notFound, "there is no commit \(id)") }
        defer { git_commit_free(commit) }
        return try body(commit)
    }

    /// The root tree of a commit.
    func tree(ofCommit id: String) throws(GitError) -> git_oid {
        try withCommit(id) { commit throws(GitError) in
            guard let tree = git_commit_tree_id(commit) else { throw GitError(.invalid, "commit \(id) has no tree") }
            return tree.pointee
        }
    }

    /// The entries of a tree that something in the mirror names: when it is missing, the mirror is damaged.
    func items(ofTree id: git_oid) throws(GitError) -> [TreeItem] {
        try withTree(id) { tree throws(GitError) in
            (0..<git_tree_entrycount(tree)).compactMap { TreeItem(git_tree_entry_byindex(tree, $0)) }
        }
    }

    /// The entry at a path that `TreePath` made, or nil.
    func item(inTree id: git_oid, at path: [String]) throws(GitError) -> TreeItem? {
        var item: TreeItem?
        var tree = id
        for (index, name) in path.enumerated() {
            item = try withTree(tree) { tree throws(GitError) in TreeItem(git_tree_entry_byname(tree, name)) }
            guard let found = item else { return nil }
            if index + 1 < path.count {
                guard found.type == .tree else { return nil }
                tree = found.id
            }
        }
        return item
    }

    private func withTree<Value>(
        _ id: git_oid, _ body: (OpaquePointer) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var id = id
        var tree: OpaquePointer?
        try checkNamed(git_tree_lookup(&tree, pointer, &id), "tree \(ObjectID.hex(id))")
        guard let tree else { throw GitError(.corrupt, "tree \(ObjectID.hex(id)) is missing") }
        defer { git_tree_free(tree) }
        return try body(tree)
    }

    /// Lends the bytes of a file; more than `limit` are refused before they are read.
    func withBlob<Value>(
        _ id: git_oid, limit: Int, _ body: (UnsafeRawBufferPointer) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var id = id
        let name = ObjectID.hex(id)
        var database: OpaquePointer?
        try LibGit2.check(git_repository_odb(&database, pointer), "cannot open the objects")
        defer { git_odb_free(database) }
        var size = 0
        var type = GIT_OBJECT_INVALID
        try checkNamed(git_odb_read_header(&size, &type, database, &id), "file \(name)")
        guard type == GIT_OBJECT_BLOB else { throw GitError(.invalid, "\(name) is not a file") }
        guard size <= limit else { throw GitError(.invalid, "file \(name) has \(size) bytes, more than \(limit)") }
        var blob: OpaquePointer?
        try checkNamed(git_blob_lookup(&blob, pointer, &id), "file \(name)")
        defer { git_blob_free(blob) }
        let bytes = UnsafeRawBufferPointer(start: git_blob_rawcontent(blob), count: Int(git_blob_rawsize(blob)))
        return try body(bytes)
    }

    /// An object that another one names must be there.
    private func checkNamed(_ code: Int32, _ doing: @autoclosure () -> String) throws(GitError) {
        guard code == GIT_ENOTFOUND.rawValue else { return try LibGit2.check(code, doing()) }
        git_error_clear()
        throw GitError(.corrupt, "\(doing()) is missing")
    }
}
