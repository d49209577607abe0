/// Why no commit is searched for.
public struct BisectionProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A word for programs.
    public enum Kind: String, Sendable, Hashable {
        /// The job is none whose failure a commit of a branch can have caused, or its project is no longer declared.
        case unsuitable = "conflict"
        /// Nothing passed before it.
        case noGoodBuild = "no_good_build"
        /// There are too many commits in between.
        case tooMany = "too_many_commits"
        /// The hook has secrets, and its `on:` does not give them to that ref.
        case secretHook = "secret_hook"
        /// The repository cannot be asked now.
        case unavailable
    }

    /// A word for programs.
    public var kind: Kind
    /// What is wrong, one sentence.
    public var message: String
    /// What can be done about it, one sentence.
    public var wayOut: String

    /// Memberwise.
    public init(_ kind: Kind, _ message: String, wayOut: String) {
        self.kind = kind
        self.message = message
        self.wayOut = wayOut
    }

    public var description: String { "\(message) \(wayOut)" }
}
