import CLibgit2
import Glibc

extension BareRepository {
    /// A tag, and the commit it leads to when that takes a step.
    struct Tag {
        let name: String
        let target: String
        let peeled: String?
    }

    /// The tags whose commits are the commit or before it, sorted by name.
    func tags(reachableFrom commit: String) throws(GitError) -> [Tag] {
        var byCommit: [String: [Tag]] = [:]
        for reference in try references() where reference.name.hasPrefix("refs/tags/") {
            guard let peeled = peeledCommit(of: reference) else { continue }
            let tag = Tag(
                name: reference.name, target: reference.target, peeled: peeled == reference.target ? nil : peeled)
            byCommit[peeled, default: []].append(tag)
        }
        guard !byCommit.isEmpty else { return [] }
        var found: [Tag] = []
        func visit(_ id: String) -> Bool {
            if let tags = byCommit.removeValue(forKey: id) { found += tags }
            return !byCommit.isEmpty
        }
        let shallow = shallowCommits()
        if shallow.isEmpty { try walk(from: commit, visit) } else { try walk(from: commit, upTo: Set(shallow), visit) }
        return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Nil for a tag on something else than a commit.
    private func peeledCommit(of reference: GitReference) -> String? {
        var pointer: OpaquePointer?
        guard git_revparse_single(&pointer, self.pointer, reference.target) >= 0 else { return nil }
        defer { git_object_free(pointer) }
        var commit: OpaquePointer?
        guard git_object_peel(&commit, pointer, GIT_OBJECT_COMMIT) >= 0 else { return nil }
        defer { git_object_free(commit) }
        return ObjectID.hex(git_object_id(commit))
    }

    /// Visits the history of a commit until `visit` has seen enough.
    private func walk(from commit: String, _ visit: (String) -> Bool) throws(GitError) {
        var walk: OpaquePointer?
        try LibGit2.check(git_revwalk_new(&walk, pointer), "cannot walk the history")
        defer { git_revwalk_free(walk) }
        var id = try ObjectID.parse(commit)
        try LibGit2.check(git_revwalk_push(walk, &id), "cannot walk the history of \(commit)")
        while true {
            try LibGit2.checkCancellation()
            let code = git_revwalk_next(&id, walk)
            if code == GIT_ITEROVER.rawValue { return }
            if code == GIT_ENOTFOUND.rawValue {
                git_error_clear()
                throw GitError(.corrupt, "the history of \(commit) has a gap")
            }
            try LibGit2.check(code, "cannot walk the history of \(commit)")
            if !visit(ObjectID.hex(id)) { return }
        }
    }

    /// The same in a shallow repository, of which libgit2 does not know where its history ends.
    private func walk(from commit: String, upTo last: Set<String>, _ visit: (String) -> Bool) throws(GitError) {
        var seen: Set<String> = [commit]
        var waiting = [commit]
        while let id = waiting.popLast() {
            try LibGit2.checkCancellation()
            guard visit(id) else { return }
            if last.contains(id) { continue }
            let parents = try withCommit(id) { commit throws(GitError) in
                (0..<git_commit_parentcount(commit)).map { ObjectID.hex(git_commit_parent_id(commit, $0)) }
            }
            waiting += parents.filter { seen.insert($0).inserted }
        }
    }
}
