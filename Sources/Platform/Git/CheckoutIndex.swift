import CLibgit2
import Glibc

/// The index of a work tree, opened without its repository: whether the objects are there was seen when they were written.
final class CheckoutIndex {
    private let pointer: OpaquePointer

    /// Opens the file; one that is not there is an empty index.
    init(_ path: String) throws(GitError) {
        var pointer: OpaquePointer?
        try LibGit2.check(git_index_open(&pointer, path), "cannot open the index")
        guard let pointer else { throw GitError(.other, "cannot open the index") }
        self.pointer = pointer
    }

    deinit { git_index_free(pointer) }

    /// Notes an entry and what the file system said about its file; one that is known is replaced.
    func add(_ path: [UInt8], _ item: TreeItem, _ facts: stat) throws(GitError) {
        var entry = git_index_entry()
        entry.ctime = git_index_time(
            seconds: Int32(truncatingIfNeeded: facts.st_ctim.tv_sec), nanoseconds: UInt32(facts.st_ctim.tv_nsec))
        entry.mtime = git_index_time(
            seconds: Int32(truncatingIfNeeded: facts.st_mtim.tv_sec), nanoseconds: UInt32(facts.st_mtim.tv_nsec))
        entry.dev = UInt32(truncatingIfNeeded: facts.st_dev)
        entry.ino = UInt32(truncatingIfNeeded: facts.st_ino)
        entry.uid = facts.st_uid
        entry.gid = facts.st_gid
        entry.file_size = UInt32(truncatingIfNeeded: facts.st_size)
        entry.mode = item.type == .commit ? 0o160000 : item.isLink ? 0o120000 : item.isExecutable ? 0o100755 : 0o100644
        entry.id = item.id
        let code = Self.withName(path) { name in
            entry.path = name
            return git_index_add(pointer, &entry)
        }
        try LibGit2.check(code, "cannot check out \(TreePath.text(path))")
    }

    /// Forgets an entry, or all entries of a folder.
    func remove(_ path: [UInt8], isFolder: Bool) throws(GitError) {
        let code = Self.withName(path) { name in
            isFolder ? git_index_remove_directory(pointer, name, 0) : git_index_remove(pointer, name, 0)
        }
        try LibGit2.check(code, "cannot remove \(TreePath.text(path)) from the index")
    }

    /// Writes the file.
    func write() throws(GitError) {
        try LibGit2.check(git_index_write(pointer), "cannot write the index")
    }

    private static func withName(_ path: [UInt8], _ body: (UnsafePointer<CChar>?) -> Int32) -> Int32 {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
