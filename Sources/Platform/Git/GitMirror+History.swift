import CLibgit2

extension GitMirror {
    /// The commits that gave a path what it is now: those reachable from one commit and not from another whose tree has
    /// something else at the path than each of their parents, newest first.
    ///
    /// - Parameters:
    ///   - since: commits that are reachable from here do not count; `nil` for the whole history.
    ///   - most: stops after so many.
    ///   - looked: stops after so many commits were looked at.
    public func commits(
        changing path: String, upTo commit: String, since: String?, most: Int = 10, looked: Int = 100_000
    ) throws(GitError) -> [String] {
        let names = try TreePath.parse(path)
        return try reading { repository throws(GitError) in
            let walk = try repository.walk(upTo: commit, since: since)
            defer { git_revwalk_free(walk) }
            var found: [String] = []
            var next = git_oid()
            var count = 0
            while found.count < most, count < looked, git_revwalk_next(&next, walk) == 0 {
                count += 1
                if count % 256 == 0 { try LibGit2.checkCancellation() }
                let id = ObjectID.hex(next)
                let own = try repository.object(at: names, of: id)
                let parents = try repository.withCommit(id) { commit throws(GitError) in
                    (0..<git_commit_parentcount(commit)).map { ObjectID.hex(git_commit_parent_id(commit, $0)) }
                }
                var isNew = own != nil || !parents.isEmpty
                for parent in parents where try repository.object(at: names, of: parent) == own { isNew = false }
                if isNew { found.append(id) }
            }
            return found
        }
    }
}

extension GitMirror {
    /// The commits that are reachable from one commit and not from another, each before its parents and otherwise the newest
    /// first. Of each message the first 1,000 bytes are read.
    ///
    /// - Parameter limit: more commits are an error, `invalid`.
    public func commits(upTo commit: String, since: String, limit: Int) throws(GitError) -> [GitCommit] {
        try reading { repository throws(GitError) in
            let walk = try repository.walk(upTo: commit, since: since)
            defer { git_revwalk_free(walk) }
            var found: [GitCommit] = []
            var next = git_oid()
            while true {
                try LibGit2.checkCancellation()
                let code = git_revwalk_next(&next, walk)
                if code == GIT_ITEROVER.rawValue { break }
                try LibGit2.check(code, "cannot walk from \(commit)")
                guard found.count < limit else {
                    throw GitError(.invalid, "more than \(limit) commits are in \(commit) and not in \(since)")
                }
                let id = ObjectID.hex(next)
                found.append(
                    try repository.withCommit(id) { commit throws(GitError) in
                        Self.words(of: commit, id, limit: 1_000)
                    })
            }
            return found
        }
    }
}

extension BareRepository {
    /// A walk over the commits that are reachable from one commit and not from another, each before its parents and otherwise
    /// the newest first. Whoever gets it frees it.
    fileprivate func walk(upTo commit: String, since: String?) throws(GitError) -> OpaquePointer? {
        var start = try ObjectID.parse(commit)
        var walk: OpaquePointer?
        try LibGit2.check(git_revwalk_new(&walk, pointer), "cannot walk the history")
        git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue)
        do {
            try LibGit2.check(git_revwalk_push(walk, &start), "cannot walk from \(commit)")
            if let since {
                var end = try ObjectID.parse(since)
                try LibGit2.check(git_revwalk_hide(walk, &end), "cannot walk up to \(since)")
            }
        } catch {
            git_revwalk_free(walk)
            throw error
        }
        return walk
    }

    /// Mode and object at a path of a commit's tree, or nil.
    fileprivate func object(at names: [String], of commit: String) throws(GitError) -> String? {
        let root = try tree(ofCommit: commit)
        if names.isEmpty { return ObjectID.hex(root) }
        return try item(inTree: root, at: names).map { item in
            let entry = item.entry(at: [])
            return "\(entry.mode) \(entry.object)"
        }
    }
}
