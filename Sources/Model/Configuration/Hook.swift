/// One job definition of a project, with every default already applied.
public struct Hook: Sendable, Hashable, Codable {
    /// The hook's identifier, unique in its project.
    public var id: HookID
    /// The name that people see.
    public var title: String
    /// The events that make a job of this hook.
    public var triggers: Triggers
    /// Globs; if not empty, the hook runs only when one of these paths changed.
    public var paths: [String] = []
    /// The base image's reference, as Docker takes it.
    public var image: String
    /// The user that the scripts run as.
    public var user: String = "kozmic"
    /// The text of the install script, beginning with a shebang line.
    public var installScript: String?
    /// Normalised, sorted, unique paths whose objects are part of the cache key.
    public var trackedFiles: [String] = []
    /// The text of the build script, beginning with a shebang line.
    public var buildScript: String
    /// Variables for both scripts.
    public var environment: [String: String] = [:]
    /// Sealed values by variable name, opened only for trusted refs.
    public var secrets: [String: String] = [:]
    /// Limits how many jobs of a group run at once.
    public var concurrency: Concurrency?
    /// The settings that a hook inherits from its project and from `kozmic.yaml`.
    public var settings: HookSettings
    /// The install script runs again when the cached image is older, in seconds.
    public var refreshSeconds: Int?
    /// Whether a verdict may be taken from an earlier job of the same tree.
    public var reuse: Reuse = .never
    /// The container of a failed job is kept that long, in seconds.
    public var keepFailedSeconds: Int = 0
    /// Whether submodules are checked out.
    public var submodules: Bool = false
    /// `false`: no new privileges, capabilities dropped.
    public var sudo: Bool = true
    /// Whether a prepared container may wait for this hook.
    public var standby: Standby = .auto
    /// Where its rules are written, if that is known.
    public var origin: HookOrigin?

    /// When a verdict is reused.
    public enum Reuse: String, Sendable, Hashable, Codable, CaseIterable { case never, tree }
    /// Whether a container is prepared ahead.
    public enum Standby: String, Sendable, Hashable, Codable, CaseIterable { case auto, never }

    /// A hook with the defaults of a configuration that says nothing else.
    public init(
        id: HookID, title: String? = nil, triggers: Triggers = Triggers(), image: String, buildScript: String,
        settings: HookSettings = HookSettings()
    ) {
        self.id = id
        self.title = title ?? id.description
        self.triggers = triggers
        self.image = image
        self.buildScript = buildScript
        self.settings = settings
    }

    /// At most `limit` jobs of `group` run at once; what happens to a new one.
    public struct Concurrency: Sendable, Hashable, Codable {
        /// The group's name, shared by all hooks of the project that name it.
        public var group: String
        /// How many jobs of the group may run at once.
        public var limit: Int
        /// What a new job does when the group is full.
        public var onNew: OnNew
        /// Waits its turn, or cancels the older ones.
        public enum OnNew: String, Sendable, Hashable, Codable, CaseIterable { case queue, cancel }

        /// Memberwise.
        public init(group: String, limit: Int = 1, onNew: OnNew = .queue) {
            self.group = group
            self.limit = limit
            self.onNew = onNew
        }
    }
}
