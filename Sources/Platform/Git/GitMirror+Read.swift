extension GitMirror {
    /// Every reference below `refs/`, sorted by name.
    public func references() throws(GitError) -> [GitReference] { throw pending }
    /// The commit that a revision means (a branch, a tag, an id, `HEAD`…), or nil when there is none.
    public func resolve(_ revision: String) throws(GitError) -> String? { throw pending }
    /// Whether the mirror holds the commit.
    public func contains(commit: String) -> Bool { false }
    /// What a commit says.
    public func commit(_ id: String) throws(GitError) -> GitCommit { throw pending }
    /// The entry at a path of a commit's tree, or nil; `.` is the root tree.
    public func entry(commit: String, path: String) throws(GitError) -> GitTreeEntry? { throw pending }
    /// The entries below a path; without `recursive` only the direct ones. With it, directories are not listed, only
    /// what is in them. More than `limit` entries are an error.
    public func list(
        commit: String, under: String = ".", recursive: Bool = true, limit: Int = 100_000
    ) throws(GitError) -> [GitTreeEntry] { throw pending }
    /// The bytes of a file; more than `limit` are an error.
    public func blob(_ object: String, limit: Int = 16 << 20) throws(GitError) -> [UInt8] { throw pending }
    /// The paths that differ between two commits, or that a commit holds when there is none before it.
    public func changes(from: String?, to: String) throws(GitError) -> [GitChange] { throw pending }
    /// The best common ancestor, or nil.
    public func mergeBase(_ a: String, _ b: String) throws(GitError) -> String? { throw pending }
    private var pending: GitError { GitError(.other, "not written yet") }
}
