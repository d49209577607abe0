import CLibgit2
import FoundationEssentials

extension GitMirror {
    /// Brings the mirror up to date and removes references that the remote no longer has.
    ///
    /// A mirror that is missing or damaged is cloned beside its place and then moved there, so an interrupted clone leaves
    /// nothing behind. `timeout` counts from when the fetch begins to run, covers the whole of it, and like cancellation
    /// ends even a connection whose server has fallen silent. `progress` is called on the mirror's thread, at most ten
    /// times a second.
    ///
    /// - Parameters:
    ///   - other: where it is fetched from instead, this once: whoever else asks meanwhile keeps to the mirror's own remote.
    ///   - isDone: asked when nobody else fetches: whether they brought what is wanted.
    public func fetch(
        from other: GitRemote? = nil, refspecs: [String] = GitMirror.defaultRefspecs, timeout: Duration = .seconds(600),
        progress: (@Sendable (GitProgress) -> Void)? = nil,
        unless isDone: @Sendable (isolated GitMirror) -> Bool = { _ in false }
    ) async throws(GitError) {
        guard !isReadOnly else { throw GitError(.invalid, "\(path) is only read, not fetched into") }
        try Self.checkRefspecs(refspecs)
        let transfer = try Transfer(await signedIn(other), timeout: timeout, progress: progress)
        if isDone(self) { return }
        self.refspecs = refspecs
        try await cancelling(transfer) { () throws(GitError) in
            tidyOnce()
            guard exists else { return try renew(transfer) }
            do throws(GitError) {
                try transfer.update(path, refspecs: refspecs)
                try BareRepository.open(path) { repository throws(GitError) in
                    if repository.hasBrokenReference() { throw GitError(.corrupt, "references without their objects") }
                }
            } catch {
                guard error.kind == .corrupt else { throw error }
                warn("The mirror is damaged and is cloned again", because: error)
                try renew(transfer)
            }
            compact()
        }
    }

    /// The remote's references, `HEAD` with the branch it points to among them, without fetching anything.
    ///
    /// - Parameter other: the remote that is asked instead, this once.
    public func remoteReferences(
        of other: GitRemote? = nil, timeout: Duration = .seconds(60)
    ) async throws(GitError) -> [GitReference] {
        guard !isReadOnly else { throw GitError(.invalid, "\(path) is only read; it has no remote here") }
        let transfer = try Transfer(await signedIn(other), timeout: timeout)
        return try await cancelling(transfer) { () throws(GitError) in try transfer.references() }
    }

    /// The remote with credentials that are valid now.
    private func signedIn(_ other: GitRemote?) async throws(GitError) -> GitRemote {
        var remote = other ?? remote
        guard case .renewed(let source) = remote.credentials else { return remote }
        remote.credentials = try await source.credentials(remote.url)
        // A repair goes to the mirror's own remote.
        if other == nil { lastSignedIn = remote }
        return remote
    }

    /// Clones into a folder beside the mirror and puts it in its place.
    func renew(_ transfer: Transfer) throws(GitError) {
        let fresh = "\(path).incoming-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: fresh) }
        forgetCommits()
        try BareRepository.create(fresh)
        try transfer.update(fresh, refspecs: refspecs)
        do {
            if exists {
                let old = "\(path).outgoing-\(UUID().uuidString)"
                defer { try? FileManager.default.removeItem(atPath: old) }
                try FileManager.default.moveItem(atPath: path, toPath: old)
                try FileManager.default.moveItem(atPath: fresh, toPath: path)
            } else {
                try FileManager.default.moveItem(atPath: fresh, toPath: path)
            }
        } catch {
            throw GitError(.other, "cannot put the new mirror in place at \(path): \(error)")
        }
    }

    /// Runs a transfer on this actor's thread; cancelling the task ends it from outside.
    private func cancelling<Value>(
        _ transfer: Transfer, _ body: () throws(GitError) -> Value
    ) async throws(GitError) -> Value {
        let result = await withTaskCancellationHandler {
            // Through a method of the actor: a closure that does not capture the actor leaves its thread, and then two
            // transfers run at once, on threads that must not block. `ConcurrencyTests` guards it.
            outcome(transfer, body)
        } onCancel: {
            transfer.cancel()
        }
        return try result.get()
    }

    private func outcome<Value>(
        _ transfer: Transfer, _ body: () throws(GitError) -> Value
    ) -> Result<Value, GitError> {
        do throws(GitError) {
            return .success(try transfer.run(body))
        } catch {
            return .failure(error)
        }
    }

    private static func checkRefspecs(_ refspecs: [String]) throws(GitError) {
        guard !refspecs.isEmpty else { throw GitError(.invalid, "there is nothing to fetch without refspecs") }
        for text in refspecs {
            var refspec: OpaquePointer?
            let code = git_refspec_parse(&refspec, text, 1)
            defer { git_refspec_free(refspec) }
            guard code >= 0, let target = git_refspec_dst(refspec), String(cString: target).hasPrefix("refs/") else {
                git_error_clear()
                throw GitError(.invalid, "not a refspec into refs/: \(text.prefix(200))")
            }
        }
    }
}
