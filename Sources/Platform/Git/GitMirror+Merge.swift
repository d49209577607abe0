import CLibgit2
import Glibc

extension GitMirror {
    /// Merges two commits in memory, as a merge of a pull request would.
    ///
    /// - Parameters:
    ///   - limit: files of either side and of the result; more are an error.
    ///   - contentLimit: bytes of all files together that the merge makes anew; more are an error.
    public func merge(
        _ theirs: String, into ours: String, limit: Int = 100_000, contentLimit: Int = 32 << 20
    ) throws(GitError) -> GitMerge {
        // libgit2 walks both trees whole and cannot be stopped, so endless ones are refused before.
        for side in [ours, theirs] { _ = try list(commit: side, limit: limit) }
        return try reading { repository throws(GitError) in
            try repository.useMemoryForNewObjects()
            let index = try repository.merge(theirs, into: ours)
            defer { git_index_free(index) }
            var merge = GitMerge(entries: [], contents: [:], conflicts: [])
            for position in 0..<git_index_entrycount(index) {
                try LibGit2.checkCancellation()
                guard let entry = git_index_get_byindex(index, position), let name = entry.pointee.path else {
                    continue
                }
                let path = UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
                guard git_index_entry_stage(entry) == 0 else {
                    if merge.conflicts.last != path { merge.conflicts.append(path) }
                    continue
                }
                merge.entries.append(GitTreeEntry(entry.pointee, path))
            }
            guard merge.entries.count <= limit else {
                throw GitError(.invalid, "the merge has more than \(limit) files")
            }
            try readNew(&merge, repository, limit: contentLimit)
            return merge
        }
    }

    /// What is not on the disk is only in the memory of the repository that merged.
    private func readNew(
        _ merge: inout GitMerge, _ merging: BareRepository, limit: Int
    ) throws(GitError) {
        let blobs = merge.entries.filter { $0.type == .blob }.map(\.object)
        let new = try BareRepository.open(path) { repository throws(GitError) in
            var new: [git_oid] = []
            for object in Set(blobs) {
                let id = try ObjectID.parse(object)
                if !repository.holds(id) { new.append(id) }
            }
            return new
        }
        var left = limit
        for id in new {
            let bytes = try merging.withBlob(id, limit: left) { bytes throws(GitError) in [UInt8](bytes) }
            left -= bytes.count
            merge.contents[ObjectID.hex(id)] = bytes
        }
    }
}

extension BareRepository {
    /// From here on what is written through this repository stays in its memory, and ends with it.
    fileprivate func useMemoryForNewObjects() throws(GitError) {
        var database: OpaquePointer?
        try LibGit2.check(git_repository_odb(&database, pointer), "cannot open the objects")
        defer { git_odb_free(database) }
        var memory: OpaquePointer?
        try LibGit2.check(git_mempack_new(&memory), "cannot keep objects in memory")
        // The objects' database owns it from here on. The first in the order is the one that is written to.
        try LibGit2.check(git_odb_add_backend(database, memory, 1000), "cannot keep objects in memory")
    }

    /// The index of a merge, which the caller frees.
    fileprivate func merge(_ theirs: String, into ours: String) throws(GitError) -> OpaquePointer? {
        var options = git_merge_options()
        try LibGit2.check(
            git_merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION)), "cannot merge")
        return try withCommit(ours) { ours throws(GitError) in
            try withCommit(theirs) { theirs throws(GitError) in
                var index: OpaquePointer?
                try LibGit2.check(git_merge_commits(&index, pointer, ours, theirs, &options), "cannot merge")
                return index
            }
        }
    }
}

extension GitTreeEntry {
    fileprivate init(_ entry: git_index_entry, _ path: [UInt8]) {
        let digits = String(entry.mode, radix: 8)
        let type: ObjectType = entry.mode & 0o170000 == 0o160000 ? .commit : .blob
        self.init(
            mode: String(repeating: "0", count: max(0, 6 - digits.count)) + digits, type: type,
            object: ObjectID.hex(entry.id), path: path)
    }
}
