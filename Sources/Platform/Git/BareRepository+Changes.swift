import CLibgit2
import Glibc

extension BareRepository {
    /// More changed paths are refused while they are counted: a tree that names itself's children over and over is small
    /// on disk and endless when walked.
    private static let changeLimit = 100_000

    /// Whether the object can be found, readable or not.
    func holds(_ id: git_oid) -> Bool {
        var id = id
        var database: OpaquePointer?
        guard git_repository_odb(&database, pointer) >= 0 else { return false }
        defer { git_odb_free(database) }
        return git_odb_exists(database, &id) == 1
    }

    /// How many paths differ between two trees; nil when more than `limit`.
    func distance(from old: git_oid, to new: git_oid, limit: Int) throws(GitError) -> Int? {
        var count = 0
        /// False ends it.
        func visit(_ old: git_oid?, _ new: git_oid?, _ depth: Int) throws(GitError) -> Bool {
            guard depth <= GitMirror.depthLimit else { throw GitError(.invalid, "the tree is nested too deeply") }
            try LibGit2.checkCancellation()
            var before: [[UInt8]: TreeItem] = [:]
            if let old { for item in try items(ofTree: old) { before[item.name] = item } }
            var pairs: [(TreeItem?, TreeItem?)] = []
            if let new {
                for item in try items(ofTree: new) { pairs.append((before.removeValue(forKey: item.name), item)) }
            }
            pairs += before.values.map { ($0, nil) }
            for (old, new) in pairs where !TreeItem.areSame(old, new) {
                count += 1
                guard count <= limit else { return false }
                let trees = (old?.type == .tree ? old?.id : nil, new?.type == .tree ? new?.id : nil)
                guard trees.0 != nil || trees.1 != nil else { continue }
                guard try visit(trees.0, trees.1, depth + 1) else { return false }
            }
            return true
        }
        return try visit(old, new, 0) ? count : nil
    }

    /// Compares two trees; nil is the empty one.
    func changes(from old: git_oid?, to new: git_oid) throws(GitError) -> [GitChange] {
        var trees: (old: OpaquePointer?, new: OpaquePointer?)
        defer {
            git_tree_free(trees.old)
            git_tree_free(trees.new)
        }
        if var old { try LibGit2.check(git_tree_lookup(&trees.old, pointer, &old), "tree \(ObjectID.hex(old))") }
        var new = new
        try LibGit2.check(git_tree_lookup(&trees.new, pointer, &new), "tree \(ObjectID.hex(new))")

        var options = git_diff_options()
        git_diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
        options.flags = GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        // Asked before each change is stored.
        options.notify_cb = { diff, _, _, _ in
            Task.isCancelled || git_diff_num_deltas(diff) >= BareRepository.changeLimit ? GIT_EUSER.rawValue : 0
        }
        var diff: OpaquePointer?
        let code = git_diff_tree_to_tree(&diff, pointer, trees.old, trees.new, &options)
        defer { git_diff_free(diff) }
        if code == GIT_EUSER.rawValue {
            git_error_clear()
            try LibGit2.checkCancellation()
            throw GitError(.invalid, "more than \(Self.changeLimit) paths differ")
        }
        try LibGit2.check(code, "cannot compare trees")
        return (0..<git_diff_num_deltas(diff)).compactMap { GitChange(git_diff_get_delta(diff, $0)) }
    }
}

extension GitChange {
    fileprivate init?(_ delta: UnsafePointer<git_diff_delta>?) {
        guard let delta = delta?.pointee else { return nil }
        switch delta.status {
        case GIT_DELTA_ADDED: kind = .added
        case GIT_DELTA_DELETED: kind = .removed
        default: kind = .modified
        }
        guard let name = kind == .removed ? delta.old_file.path : delta.new_file.path else { return nil }
        path = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
    }
}
