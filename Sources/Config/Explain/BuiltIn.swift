/// What holds when nobody says anything, in YAML. A test reads these texts and compares with what the parser does
/// without them; the documentation repeats them, and is compared too.
enum BuiltIn {
    static let texts: [Shape: [String: String]] = [
        .server: ["version": "1", "allowed_images": "[]", "allowed_signers": "[]"],
        .settings: [
            "timeout": "60m", "stall_timeout": "15m", "cancel_grace": "10s", "cached_images": "3", "status": "build",
            "drift": "heal", "fork_pull_requests": "approve", "log_limit": "1GiB", "pull": "1h",
            "bisect": "never",
        ],
        .resources: ["cpus": "2", "memory": "2GiB", "pids": "2048"],
        .prune: ["max_fraction": "0.25"],
        .retention: ["days": "90", "builds": "500", "keep_last_success": "true"],
        .email: ["on": "[failure, error, fixed]", "to": "[author]"],
        .project: ["deploy_key": "auto"],
        .permissions: ["authoritative": "false"],
        .hook: [
            "paths": "[]", "user": "kozmic", "tracked_files": "[]", "reuse": "never", "keep_failed": "0s",
            "submodules": "false", "sudo": "true", "standby": "auto",
        ],
        .push: ["branches": "['**']", "tags": "[]"],
        .pullRequest: ["branches": "['**']"],
        .mergeGroup: ["branches": "['**']"],
        .concurrency: ["limit": "1", "on_new": "queue"],
    ]

    /// `nil` when nothing holds.
    static func text(_ shape: Shape, _ key: String) -> String? { texts[shape]?[key] }
}

extension Shape {
    /// The mapping that stands at a key, if its keys are known.
    func inner(_ key: String) -> Shape? {
        switch (self, key) {
        case (.server, "defaults"), (.server, "prune"), (.server, "retention"), (.server, "notify"): Self.named(key)
        case (.project, "notify"): .notify
        case (.notify, "email"): .email
        case (.settings, "resources"): .resources
        case (.project, "permissions"): .permissions
        case (.hook, "on"): .on
        case (.hook, "concurrency"): .concurrency
        case (.on, "push"): .push
        case (.on, "pull_request"): .pullRequest
        case (.on, "merge_group"): .mergeGroup
        default: nil
        }
    }

    /// Whether people choose the keys of the mapping that stands there.
    func isMap(_ key: String) -> Bool {
        switch (self, key) {
        case (.permissions, "collaborators"), (.permissions, "teams"), (.hook, "env"), (.hook, "secrets"): true
        default: false
        }
    }

    private static func named(_ key: String) -> Shape? { key == "defaults" ? .settings : Shape(rawValue: key) }
}
