import Git

/// A submodule that is checked out with the work tree.
public struct JobSubmodule: Sendable {
    /// Where it belongs, relative to the root of the work tree; a path of the commit's tree.
    public var path: String
    /// Its commit, 40 hexadecimal digits.
    public var commit: String
    /// Holds the commit.
    public var mirror: GitMirror

    /// Memberwise.
    public init(path: String, commit: String, mirror: GitMirror) {
        self.path = path
        self.commit = commit
        self.mirror = mirror
    }
}
