/// The part of `kozmic.yaml` that is not a default of hooks.
public struct ServerSettings: Sendable, Hashable, Codable {
    /// A commit that removes more than this fraction is held.
    public var pruneMaxFraction = 0.25
    /// What is kept of old builds.
    public var retention = Retention()
    /// The outcomes that are mailed, unless a project says otherwise.
    public var mailOn: [String] = ["failure", "error", "fixed"]
    /// Who is mailed, unless a project says otherwise: addresses, and `author` for the author of the commit.
    public var mailTo: [String] = [MailRules.author]
    /// Globs; if not empty, hooks may use only these base images.
    public var allowedImages: [String] = []
    /// Public SSH keys; if not empty, only commits signed by one of them are applied.
    public var allowedSigners: [String] = []
    /// No part of `kozmic.yaml`: how many commits agreed to take access from, in projects that became authoritative and
    /// did not do so yet, by the repository's key.
    public var agreedRemovals: [String: [Int]]?

    /// The defaults.
    public init() {}

    /// What is kept of old builds.
    public struct Retention: Sendable, Hashable, Codable {
        /// Builds younger than this are kept.
        public var days = 90
        /// That many builds of a project are kept, whatever their age.
        public var builds = 500
        /// Whether the last successful build of a ref is kept as long as GitHub has the ref.
        public var keepLastSuccess = true
        /// The defaults.
        public init() {}
    }
}
