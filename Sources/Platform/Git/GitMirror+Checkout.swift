extension GitMirror {
    /// Makes a work tree with a self-contained `.git`: detached at the commit, with its whole history and the tags in it.
    /// `directory` must not exist or be empty.
    public func checkout(commit: String, into directory: String, origin: String? = nil) throws(GitError) {
        throw GitError(.other, "not written yet")
    }
    /// Writes only these files and directories of the commit, each at its path below `directory`; missing ones are
    /// skipped.
    public func export(commit: String, paths: [String], into directory: String) throws(GitError) {
        throw GitError(.other, "not written yet")
    }
}
