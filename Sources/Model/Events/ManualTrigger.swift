/// What somebody asks to be built by hand.
public struct ManualTrigger: Sendable, Hashable {
    /// The longest name of a ref that is looked for, in bytes.
    public static let longestRef = 255
    /// How many hooks can be named at once.
    public static let mostHooks = 100

    /// A branch, a tag or a commit, as people write it; `nil` for the default branch.
    public var ref: String?
    /// The hooks that run, whatever their `on:` says unless they have secrets; `nil` for those that a push to the ref would
    /// run.
    public var hooks: [HookID]?
    /// The GitHub login of whoever asks.
    public var sender: String

    /// Memberwise.
    public init(ref: String? = nil, hooks: [HookID]? = nil, sender: String) {
        self.ref = ref
        self.hooks = hooks
        self.sender = sender
    }
}

/// Why nothing was built by hand.
public struct ManualTriggerProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A word for programs.
    public enum Kind: String, Sendable, Hashable {
        /// No branch, tag or commit is called so.
        case unknownRef = "unknown_ref"
        /// It is known, but it is not the project's own: a pull request's.
        case untrustedRef = "untrusted_ref"
        /// The project has no such hook.
        case unknownHook = "unknown_hook"
        /// A hook has secrets, and its `on:` does not give them to that ref.
        case secretHook = "secret_hook"
        /// A push to the ref would run nothing.
        case noHook = "no_hook"
        /// The project is no longer declared.
        case retired = "conflict"
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
