import CLibgit2

extension GitMirror {
    /// Every reference below `refs/`, sorted by name.
    public func references() throws(GitError) -> [GitReference] {
        try reading { repository throws(GitError) in try repository.references() }
    }

    /// The commit that a revision means (a branch, a tag, an id, `HEAD`…), or nil when there is none.
    public func resolve(_ revision: String) throws(GitError) -> String? {
        guard !revision.isEmpty, revision.utf8.count <= 1024, revision.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw GitError(.invalid, "a revision is 1 to 1024 characters without control characters") }
        return try reading { repository throws(GitError) in
            var object: OpaquePointer?
            let code = git_revparse_single(&object, repository.pointer, revision)
            // What cannot be a revision is none.
            if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALIDSPEC.rawValue {
                git_error_clear()
                return nil
            }
            try LibGit2.check(code, "cannot resolve \(revision)")
            defer { git_object_free(object) }
            var commit: OpaquePointer?
            let peel = git_object_peel(&commit, object, GIT_OBJECT_COMMIT)
            guard peel != GIT_EPEEL.rawValue, peel != GIT_EINVALIDSPEC.rawValue else {
                git_error_clear()
                return nil
            }
            try LibGit2.check(peel, "cannot resolve \(revision)")
            defer { git_object_free(commit) }
            return ObjectID.hex(git_object_id(commit))
        }
    }

    /// Whether the mirror holds the commit.
    public func contains(commit: String) -> Bool {
        let isHere =
            (try? reading { repository throws(GitError) in
                try repository.withCommit(commit) { _ throws(GitError) in true }
            }) ?? false
        if isHere { note(commit: commit) }
        return isHere
    }

    /// The same by no more than a look for the object: whether a mirror that lacks it is damaged is not asked, which takes
    /// long where there are many references.
    public func hasObject(ofCommit commit: String) -> Bool {
        guard exists, let id = try? ObjectID.parse(commit) else { return false }
        return (try? BareRepository.open(path) { repository throws(GitError) in repository.holds(id) }) ?? false
    }

    /// The best common ancestor, or nil.
    public func mergeBase(_ a: String, _ b: String) throws(GitError) -> String? {
        try reading { repository throws(GitError) in
            var first = try ObjectID.parse(a)
            var second = try ObjectID.parse(b)
            for id in [a, b] { try repository.withCommit(id) { _ throws(GitError) in } }
            var base = git_oid()
            let code = git_merge_base(&base, repository.pointer, &first, &second)
            if code == GIT_ENOTFOUND.rawValue {
                git_error_clear()
                return nil
            }
            try LibGit2.check(code, "cannot compare \(a) and \(b)")
            return ObjectID.hex(base)
        }
    }
}
