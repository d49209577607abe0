import CLibgit2

extension GitMirror {
    /// The largest file that is looked at, in bytes.
    private static let blameLimit = 1 << 20
    /// How many commits back the lines are followed; what is older counts as written by the last of them. Without a
    /// limit a long history would occupy the mirror for minutes.
    private static let blameDepth = 5_000

    /// Who wrote each line of a file of a commit; `nil` when the commit has no such file.
    ///
    /// - Parameter content: the file as it is now, when it may have been changed since; lines that differ belong to no
    ///   commit.
    /// - Throws: `.invalid` for a path that is no file, or one of more than 1 MiB.
    public func blame(
        commit: String, path: String, content: [UInt8]? = nil
    ) throws(GitError) -> GitBlame? {
        guard let entry = try entry(commit: commit, path: path) else { return nil }
        guard entry.type == .blob else { throw GitError(.invalid, "\(path) is not a file") }
        // Refuses what is too large before anything is compared.
        let committed = try blob(entry.object, limit: Self.blameLimit)
        guard (content ?? []).count <= Self.blameLimit else { throw GitError(.invalid, "\(path) is too large") }
        let name = String(decoding: entry.path, as: UTF8.self)
        var hunks: [GitBlame.Hunk] = []
        if !committed.isEmpty {
            hunks = try reading { repository throws(GitError) in
                try repository.blame(commit, name, depth: Self.blameDepth)
            }
        }
        if let content, content != committed {
            hunks = GitBlame.Hunk.carried(hunks, along: try LineMatch.between(committed, content))
        }
        var commits: [String: GitCommit] = [:]
        for case let id? in hunks.map(\.commit) where commits[id] == nil { commits[id] = try self.commit(id) }
        return GitBlame(hunks: hunks, commits: commits)
    }
}

extension BareRepository {
    fileprivate func blame(
        _ commit: String, _ path: String, depth: Int
    ) throws(GitError) -> [GitBlame.Hunk] {
        var options = git_blame_options()
        git_blame_options_init(&options, UInt32(GIT_BLAME_OPTIONS_VERSION))
        options.newest_commit = try ObjectID.parse(commit)
        if let oldest = try ancestor(of: options.newest_commit, back: depth) { options.oldest_commit = oldest }
        var blame: OpaquePointer?
        try LibGit2.check(git_blame_file(&blame, pointer, path, &options), "who wrote \(path)")
        defer { git_blame_free(blame) }
        return Self.hunks(of: blame)
    }

    /// The commit that many steps back in the order of time; `nil` when the history is shorter.
    private func ancestor(of commit: git_oid, back depth: Int) throws(GitError) -> git_oid? {
        var walk: OpaquePointer?
        try LibGit2.check(git_revwalk_new(&walk, pointer), "cannot walk the history")
        defer { git_revwalk_free(walk) }
        var start = commit
        try LibGit2.check(git_revwalk_push(walk, &start), "cannot walk the history")
        var found = git_oid()
        for _ in 0..<depth {
            let code = git_revwalk_next(&found, walk)
            if code == GIT_ITEROVER.rawValue { return nil }
            try LibGit2.check(code, "cannot walk the history")
        }
        return found
    }

    private static func hunks(of blame: OpaquePointer?) -> [GitBlame.Hunk] {
        (0..<git_blame_get_hunk_count(blame)).compactMap { index in
            guard let hunk = git_blame_get_hunk_byindex(blame, index)?.pointee, hunk.lines_in_hunk > 0 else {
                return nil
            }
            var id = hunk.final_commit_id
            return GitBlame.Hunk(
                firstLine: hunk.final_start_line_number, lineCount: hunk.lines_in_hunk,
                commit: git_oid_is_zero(&id) == 1 ? nil : ObjectID.hex(id))
        }
    }
}
