/// The mappings that configuration files are made of.
enum Shape: String, CaseIterable {
    /// `kozmic.yaml` itself.
    case server
    /// `defaults:`, and the same keys in a project and in a hook.
    case settings
    case resources, prune, retention, notify, email
    case project, permissions, hook, on, push
    case pullRequest = "pull_request"
    case mergeGroup = "merge_group"
    case concurrency
    /// `{file: …}`
    case script

    /// All keys that the mapping may have.
    var keys: [String] {
        switch self {
        case .server: ServerKey.known
        case .settings: SettingsKey.known
        case .resources: ResourcesKey.known
        case .prune: PruneKey.known
        case .retention: RetentionKey.known
        case .notify: NotifyKey.known
        case .email: EmailKey.known
        case .project: ProjectKey.known
        case .permissions: PermissionsKey.known
        case .hook: HookKey.known
        case .on: OnKey.known
        case .push: PushKey.known
        case .pullRequest: PullRequestKey.known
        case .mergeGroup: MergeGroupKey.known
        case .concurrency: ConcurrencyKey.known
        case .script: ScriptKey.known
        }
    }

    /// How a message calls the mapping that a key would have to move to.
    var title: String {
        switch self {
        case .server: "kozmic.yaml"
        case .settings: "'defaults'"
        case .project: "a project"
        case .hook: "a hook"
        default: "'\(rawValue)'"
        }
    }
}
