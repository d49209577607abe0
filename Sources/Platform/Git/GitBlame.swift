/// Who wrote each line of a file.
public struct GitBlame: Sendable, Hashable {
    /// Lines that one commit wrote.
    public struct Hunk: Sendable, Hashable {
        /// From 1.
        public let firstLine: Int
        /// At least 1.
        public let lineCount: Int
        /// The commit's id; `nil` for lines that no commit holds yet.
        public let commit: String?
    }

    /// In the order of the file; together they are all of it.
    public let hunks: [Hunk]
    /// What the commits say, by their ids.
    public let commits: [String: GitCommit]
}
