import CLibgit2
import FoundationEssentials
import Glibc

extension GitMirror {
    /// Whether a commit has at least so many files and folders, or the mirror so many bytes of packs.
    public func isLarge(commit: String, entries: Int, bytes: Int) throws(GitError) -> Bool {
        try reading { repository throws(GitError) in
            var total = 0
            let folder = "\(path)/objects/pack"
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
                var facts = stat()
                if stat("\(folder)/\(name)", &facts) == 0 { total += Int(facts.st_size) }
            }
            guard total < bytes else { return true }
            return try repository.count(ofTree: try repository.tree(ofCommit: commit), limit: entries) >= entries
        }
    }

    /// How many files and folders a commit has; counted no further than `limit`.
    public func count(commit: String, limit: Int) throws(GitError) -> Int {
        try reading { repository throws(GitError) in
            try repository.count(ofTree: try repository.tree(ofCommit: commit), limit: limit)
        }
    }

    /// How many files and folders differ between two commits; nil when more than `limit`, or when one is not there.
    public func distance(from: String, to: String, limit: Int) throws(GitError) -> Int? {
        try reading { repository throws(GitError) in
            do throws(GitError) {
                let old = try repository.tree(ofCommit: from)
                return try repository.distance(from: old, to: try repository.tree(ofCommit: to), limit: limit)
            } catch {
                guard error.kind == .notFound else { throw error }
                return nil
            }
        }
    }

    /// Writes the upper folder of an overlay mount whose lower folder is a checkout of another commit: together they are
    /// what `checkout` would have made. The time it takes grows with what differs, but for the index: git has one for all
    /// files, so it is copied and brought up to date, about 100 bytes a file.
    ///
    /// - Packs and objects that the template lacks are copied, never linked: see `checkout`.
    /// - Parameters:
    ///   - directory: the upper folder, which is there and empty.
    ///   - template: the lower one; nothing is written there.
    ///   - base: the commit that it was made of.
    ///   - owner: whom what is written shall belong to, for a process that may give files away.
    public func layer(
        commit: String, into directory: String, over template: String, of base: String, owner: FileOwner? = nil
    ) throws(GitError) {
        try reading { repository throws(GitError) in
            let (old, new) = (try repository.tree(ofCommit: base), try repository.tree(ofCommit: commit))
            let tags = try repository.tags(reachableFrom: commit)
            var (from, to) = (old, new)
            let isSame = git_oid_equal(&from, &to) != 0
            do throws(GitError) {
                try DetachedRepository.create(
                    layer: directory, over: template, commit: commit, tags: tags, objectsFrom: path, hasIndex: !isSame)
                if !isSame {
                    var writer = LayerWriter(repository, index: try CheckoutIndex("\(directory)/.git/index"))
                    let folder = try Folder.open(directory, owner: owner)
                    try writer.write(from: old, to: new, into: folder)
                    try writer.finish()
                }
                if let owner { try DetachedRepository.give(directory, to: owner) }
            } catch {
                // A damaged mirror is made anew, and this is done again.
                Self.clear(directory, entirely: false)
                throw error
            }
        }
    }

    /// The bytes of packs that a checkout made earlier lacks by now.
    public func bytesMissing(in checkout: String) -> Int {
        var total = 0
        let folder = "\(path)/objects/pack"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where !FileManager.default.fileExists(atPath: "\(checkout)/.git/objects/pack/\(name)") {
            var facts = stat()
            if stat("\(folder)/\(name)", &facts) == 0 { total += Int(facts.st_size) }
        }
        return total
    }
}

extension BareRepository {
    /// How many entries are in a tree and in those below it, no further than `limit`.
    fileprivate func count(ofTree id: git_oid, limit: Int, depth: Int = 0) throws(GitError) -> Int {
        guard depth <= GitMirror.depthLimit else { throw GitError(.invalid, "the tree is nested too deeply") }
        var count = 0
        for item in try items(ofTree: id) where count < limit {
            count += 1
            if item.type == .tree { count += try self.count(ofTree: item.id, limit: limit - count, depth: depth + 1) }
        }
        return count
    }
}
