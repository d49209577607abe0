/// The keys of one mapping.
protocol ConfigKey: RawRepresentable<String>, CaseIterable, Hashable {
    /// The mapping.
    static var shape: Shape { get }
    /// All keys that may stand in it.
    static var known: [String] { get }
}

extension ConfigKey {
    static var own: [String] { allCases.map(\.rawValue) }
    static var known: [String] { own }
}

enum ServerKey: String, ConfigKey {
    case version, defaults, prune, retention, notify
    case allowedImages = "allowed_images"
    case allowedSigners = "allowed_signers"
    static let shape = Shape.server
}

enum SettingsKey: String, ConfigKey {
    case timeout
    case stallTimeout = "stall_timeout"
    case cancelGrace = "cancel_grace"
    case resources
    case cachedImages = "cached_images"
    case status, drift
    case forkPullRequests = "fork_pull_requests"
    case logLimit = "log_limit"
    case pull, bisect
    static let shape = Shape.settings
}

enum ResourcesKey: String, ConfigKey {
    case cpus, memory, pids
    static let shape = Shape.resources
}

enum PruneKey: String, ConfigKey {
    case maxFraction = "max_fraction"
    static let shape = Shape.prune
}

enum RetentionKey: String, ConfigKey {
    case days, builds
    case keepLastSuccess = "keep_last_success"
    static let shape = Shape.retention
}

enum NotifyKey: String, ConfigKey {
    case email
    static let shape = Shape.notify
}

enum EmailKey: String, ConfigKey {
    case on, to
    static let shape = Shape.email
}

enum ProjectKey: String, ConfigKey {
    case repository, owner, permissions
    case deployKey = "deploy_key"
    case notify, hooks
    static let shape = Shape.project
    static var known: [String] { own + SettingsKey.known }
}

enum PermissionsKey: String, ConfigKey {
    case authoritative, collaborators, teams
    static let shape = Shape.permissions
}

enum HookKey: String, ConfigKey {
    case title, on, paths, image, user
    case installScript = "install_script"
    case trackedFiles = "tracked_files"
    case buildScript = "build_script"
    case env, secrets, concurrency, refresh, reuse
    case keepFailed = "keep_failed"
    case submodules, sudo, standby
    static let shape = Shape.hook
    static var known: [String] { own + SettingsKey.known }
}

enum OnKey: String, ConfigKey {
    case push
    case pullRequest = "pull_request"
    case mergeGroup = "merge_group"
    case schedule
    static let shape = Shape.on
}

enum PushKey: String, ConfigKey {
    case branches, tags
    static let shape = Shape.push
}

enum PullRequestKey: String, ConfigKey {
    case branches
    static let shape = Shape.pullRequest
}

enum MergeGroupKey: String, ConfigKey {
    case branches
    static let shape = Shape.mergeGroup
}

enum ConcurrencyKey: String, ConfigKey {
    case group, limit
    case onNew = "on_new"
    static let shape = Shape.concurrency
}

enum ScriptKey: String, ConfigKey {
    case file
    static let shape = Shape.script
}
