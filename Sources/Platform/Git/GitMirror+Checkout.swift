import CLibgit2
import FoundationEssentials

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
    /// - Parameters:
    ///   - isMoving: whether a copy of the work tree is to be used, elsewhere: `git diff-index` would take all of its files
    ///     for changed ones, so git is told to look at sizes and times only.
    ///   - owner: whom everything shall belong to, but for packs that are the mirror's own; for a process that may give
    ///     files away. A later change would be one of each file, and git would have to read it again.
    @discardableResult
    public func checkout(
        commit: String, into directory: String, origin: String? = nil, sharingObjects: Bool = true,
        isMoving: Bool = false, owner: FileOwner? = nil
    ) throws(GitError) -> GitCheckout {
        if let origin {
            // Only to refuse one with credentials or a line break in it.
            _ = try RemoteAddress(origin)
        }
        return try reading { repository throws(GitError) in
            var checkout = GitCheckout()
            let tree = try repository.tree(ofCommit: commit)
            let tags = try repository.tags(reachableFrom: commit)
            let isNew = try Self.prepare(directory)
            do throws(GitError) {
                checkout.objectBytes = try DetachedRepository.create(
                    in: directory, commit: commit, tags: tags, origin: origin,
                    objectsFrom: isReadOnly ? try repository.objectFolders() : ["\(path)/objects"],
                    shallow: isReadOnly ? repository.shallowCommits() : [], linking: sharingObjects && !isReadOnly,
                    isMoving: isMoving, owner: owner)
                checkout.entries = try Self.fill(directory, with: tree, from: repository, owner)
                if let owner { try DetachedRepository.give([directory, "\(directory)/.git/index"], to: owner) }
                checkout.attributes = try repository.attributes(ofTree: tree)
            } catch {
                Self.clear(directory, entirely: isNew)
                throw error
            }
            return checkout
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

    static func clear(_ directory: String, entirely: Bool) {
        if entirely {
            try? FileManager.default.removeItem(atPath: directory)
        } else {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
            }
        }
    }

    /// Writes the files and an index that knows them.
    ///
    /// - Returns: how many files and folders there are.
    private static func fill(
        _ directory: String, with tree: git_oid, from repository: BareRepository, _ owner: FileOwner?
    ) throws(GitError) -> Int {
        let index = try CheckoutIndex("\(directory)/.git/index")
        let folder = try Folder.open(directory, owner: owner)
        var writer = TreeWriter(repository)
        try writer.write(tree: tree, into: folder) { path, item, facts throws(GitError) in
            try index.add(path, item, facts)
        }
        try index.write()
        return writer.entries
    }
}

extension BareRepository {
    /// The `.gitattributes` of a root tree.
    fileprivate func attributes(ofTree tree: git_oid) throws(GitError) -> [UInt8]? {
        guard let item = try item(inTree: tree, at: [".gitattributes"]), item.type == .blob else { return nil }
        do throws(GitError) {
            return try withBlob(item.id, limit: 1 << 20) { bytes throws(GitError) in [UInt8](bytes) }
        } catch {
            guard error.kind == .invalid else { throw error }
            return nil
        }
    }
}
