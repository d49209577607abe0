extension GitMirror {
    /// Brings the mirror up to date and removes references that the remote no longer has. Honours cancellation.
    public func fetch(
        refspecs: [String] = GitMirror.defaultRefspecs, timeout: Duration = .seconds(600),
        progress: (@Sendable (GitProgress) -> Void)? = nil
    ) async throws(GitError) { throw GitError(.other, "not written yet") }
    /// The remote's references, `HEAD` with the branch it points to among them, without fetching anything.
    public func remoteReferences(timeout: Duration = .seconds(60)) async throws(GitError) -> [GitReference] {
        throw GitError(.other, "not written yet")
    }
}
