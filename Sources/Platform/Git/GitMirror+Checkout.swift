import CLibgit2
import FoundationEssentials
import Glibc

extension GitMirror {
    /// Makes a work tree with a self-contained `.git`: detached at the commit, with its whole history and the tags in it,
    /// so that `git status` is clean and `git describe` and `git log` work. `directory` must not exist or be empty.
    ///
    /// - The files have the bytes that git stores: no filter runs, so `eol` and `working-tree-encoding` attributes do not
    ///   change them (`git status` is clean all the same, except for an encoding), and a file in Git LFS stays a pointer.
    /// - A submodule becomes an empty directory.
    /// - `origin` is written as the address of a remote of that name. Nothing else about the remote is written.
    /// - A commit with a path that could lead out of the directory or into `.git` is refused, and nothing is left behind.
    /// - Important: the mirror's packs are hard-linked where the file systems allow it, so the directory must be handed to
    ///   untrusted code as a copy, never as a bind mount: who writes into a pack there writes into the mirror. Pass
    ///   `sharingObjects: false` for a copy of the packs.
    public func checkout(
        commit: String, into directory: String, origin: String? = nil, sharingObjects: Bool = true
    ) throws(GitError) {
        if let origin {
            // Only to refuse one with credentials or a line break in it.
            _ = try RemoteAddress(origin)
        }
        try reading { repository throws(GitError) in
            let tree = try repository.tree(ofCommit: commit)
            let tags = try repository.tags(reachableFrom: commit)
            let isNew = try Self.prepare(directory)
            do throws(GitError) {
                try DetachedRepository.create(
                    in: directory, commit: commit, tags: tags, origin: origin,
                    objectsFrom: isReadOnly ? repository.commonFolder : path, linking: sharingObjects && !isReadOnly)
                try Self.fill(directory, with: tree, from: repository)
            } catch {
                Self.clear(directory, entirely: isNew)
                throw error
            }
        }
    }

    /// Whether the directory was made.
    private static func prepare(_ directory: String) throws(GitError) -> Bool {
        let files = FileManager.default
        do {
            if files.fileExists(atPath: directory) {
                guard try files.contentsOfDirectory(atPath: directory).isEmpty else {
                    throw GitError(.invalid, "\(directory) is not empty")
                }
                return false
            }
            try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
            return true
        } catch let error as GitError {
            throw error
        } catch {
            throw GitError(.other, "cannot make \(directory): \(error)")
        }
    }

    private static func clear(_ directory: String, entirely: Bool) {
        if entirely {
            try? FileManager.default.removeItem(atPath: directory)
        } else {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
            }
        }
    }

    /// Writes the files and an index that knows them.
    private static func fill(
        _ directory: String, with tree: git_oid, from repository: BareRepository
    ) throws(GitError) {
        var target: OpaquePointer?
        let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
        try LibGit2.check(git_repository_open_ext(&target, directory, flags, nil), "cannot open \(directory)")
        defer { git_repository_free(target) }
        var index: OpaquePointer?
        try LibGit2.check(git_repository_index(&index, target), "cannot make an index")
        defer { git_index_free(index) }
        let folder = try Folder.open(directory)
        var writer = TreeWriter(repository)
        try writer.write(tree: tree, into: folder) { path, item, facts throws(GitError) in
            try LibGit2.check(add(path, item, facts, to: index), "cannot check out \(TreePath.text(path))")
        }
        try LibGit2.check(git_index_write(index), "cannot write the index")
    }

    private static func add(_ path: [UInt8], _ item: TreeItem, _ facts: stat, to index: OpaquePointer?) -> Int32 {
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
        return (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { name in
            entry.path = name.baseAddress
            return git_index_add(index, &entry)
        }
    }
}
