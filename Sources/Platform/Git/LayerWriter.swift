import CLibgit2
import Glibc

/// Writes into an upper folder what makes the work tree of one commit, which lies below it and stays as it is, look like
/// that of another. Folders that do not differ are not looked at.
struct LayerWriter {
    private let repository: BareRepository
    private let index: CheckoutIndex
    private var writer: TreeWriter

    /// - Parameter index: the lower work tree's, to be brought up to date.
    init(_ repository: BareRepository, index: CheckoutIndex) {
        self.repository = repository
        self.index = index
        writer = TreeWriter(repository)
    }

    /// Writes the difference between two trees.
    mutating func write(
        from old: git_oid, to new: git_oid, at path: [UInt8] = [], into folder: Folder, depth: Int = 0
    ) throws(GitError) {
        guard depth <= GitMirror.depthLimit else { throw GitError(.invalid, "the tree is nested too deeply") }
        var before: [[UInt8]: TreeItem] = [:]
        for item in try repository.items(ofTree: old) { before[item.name] = item }
        var seen: Set<[UInt8]> = []
        for item in try repository.items(ofTree: new) {
            let place = TreePath.join(path, item.name)
            guard seen.insert(item.name).inserted else {
                throw GitError(.invalid, "the commit holds \(TreePath.text(place)) twice")
            }
            let former = before.removeValue(forKey: item.name)
            if TreeItem.areSame(former, item) { continue }
            try LibGit2.checkCancellation()
            switch (former?.type, item.type) {
            case (.tree, .tree):
                guard let former else { continue }
                let child = try folder.folder(item.name)
                try write(from: former.id, to: item.id, at: place, into: child, depth: depth + 1)
            case (.commit, .commit):
                // The empty folder is there; git does not ask when it was made.
                try index.add(place, item, stat())
            default:
                if let former { try index.remove(place, isFolder: former.type == .tree) }
                try writer.write(item, at: place, into: folder, depth: depth) {
                    [index] path, item, facts throws(GitError) in
                    try index.add(path, item, facts)
                }
                // Both folders would be shown as one.
                if item.type == .commit, let former, former.type == .tree {
                    let child = try folder.folder(item.name, mayExist: true)
                    for hidden in try repository.items(ofTree: former.id) { try child.whiteout(hidden.name) }
                }
            }
        }
        for (name, item) in before {
            try LibGit2.checkCancellation()
            try folder.whiteout(name)
            try index.remove(TreePath.join(path, name), isFolder: item.type == .tree)
        }
    }

    /// Writes the index.
    func finish() throws(GitError) { try index.write() }
}
