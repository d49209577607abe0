import CLibgit2
import Glibc
import Synchronization

extension Transfer {
    /// Fetches into the bare repository at a path.
    func update(_ path: String, refspecs: [String]) throws(GitError) {
        try BareRepository.open(path) { repository throws(GitError) in
            try checkpoint()
            var pointer: OpaquePointer?
            try create(&pointer, in: repository)
            defer { git_remote_free(pointer) }
            try connect(pointer)
            defer { git_remote_disconnect(pointer) }
            var options = fetchOptions()
            try withStrings(refspecs) { list throws(GitError) in
                try check(git_remote_download(pointer, list, &options), .storing)
            }
            try checkpoint()
            // Before the new ones: `topic` must be gone before `topic/one` can be made.
            var callbacks = callbacks()
            try check(git_remote_prune(pointer, &callbacks), .storing)
            try check(git_remote_update_tips(pointer, &callbacks, 0, options.download_tags, nil), .storing)
            try followHead(pointer, in: repository)
            if state.withLock(\.changedReferences) > 100 { try packReferences(of: repository) }
        }
    }

    /// Lists what the remote has, without a repository.
    func references() throws(GitError) -> [GitReference] {
        try checkpoint()
        var pointer: OpaquePointer?
        try check(git_remote_create_detached(&pointer, address.url), .connecting)
        defer { git_remote_free(pointer) }
        try connect(pointer)
        defer { git_remote_disconnect(pointer) }
        return try heads(of: pointer)
    }

    /// Without a look for `url.….insteadOf` in the mirror's configuration, which has none: libgit2 1.5 loses 20 KiB for
    /// each entry that does not match, a hundred for each fetch (MirrorMemoryTests).
    private func create(_ pointer: inout OpaquePointer?, in repository: BareRepository) throws(GitError) {
        var options = git_remote_create_options()
        try check(
            git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION)), .connecting)
        options.repository = repository.pointer
        options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        try check(git_remote_create_with_opts(&pointer, address.url, &options), .connecting)
    }

    private func connect(_ pointer: OpaquePointer?) throws(GitError) {
        var options = connectOptions()
        try check(git_remote_connect_ext(pointer, GIT_DIRECTION_FETCH, &options), .connecting)
    }

    /// Without the `^{}` entries that repeat where tags lead.
    private func heads(of pointer: OpaquePointer?) throws(GitError) -> [GitReference] {
        var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try check(git_remote_ls(&list, &count, pointer), .connecting)
        return UnsafeBufferPointer(start: list, count: count).compactMap { head in
            guard let head = head?.pointee, let name = head.name.map({ String(cString: $0) }), !name.hasSuffix("^{}")
            else { return nil }
            return GitReference(
                name: name, target: ObjectID.hex(head.oid),
                symbolicTarget: head.symref_target.map { String(cString: $0) })
        }
    }

    /// Makes `HEAD` mean the remote's default branch.
    private func followHead(_ pointer: OpaquePointer?, in repository: BareRepository) throws(GitError) {
        guard let branch = try heads(of: pointer).first(where: { $0.name == "HEAD" })?.symbolicTarget,
            branch.hasPrefix("refs/heads/")
        else { return }
        var head: OpaquePointer?
        defer { git_reference_free(head) }
        if git_reference_lookup(&head, repository.pointer, "HEAD") >= 0,
            let known = git_reference_symbolic_target(head), String(cString: known) == branch
        {
            return
        }
        git_error_clear()
        try check(git_repository_set_head(repository.pointer, branch), .storing)
    }

    /// One file in place of thousands after a clone with many pull requests.
    private func packReferences(of repository: BareRepository) throws(GitError) {
        var database: OpaquePointer?
        try check(git_repository_refdb(&database, repository.pointer), .storing)
        defer { git_refdb_free(database) }
        try check(git_refdb_compress(database), .storing)
    }

    private func withStrings(
        _ strings: [String], _ body: (UnsafePointer<git_strarray>) throws(GitError) -> Void
    ) throws(GitError) {
        var pointers = strings.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        let result = pointers.withUnsafeMutableBufferPointer { buffer -> Result<Void, GitError> in
            var list = git_strarray(strings: buffer.baseAddress, count: buffer.count)
            do throws(GitError) {
                return .success(try body(&list))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
