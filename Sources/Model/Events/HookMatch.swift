/// Whether a hook runs for an event, and the rule that says so.
public struct HookMatch: Sendable, Hashable, Codable {
    /// Whether a job is made.
    public var runs: Bool
    /// The rule, such as `on.push.branches` or `paths`.
    public var rule: String
    /// One sentence naming the rule.
    public var reason: String

    /// The rules of the hook's `on:` and `fork_pull_requests` applied to an event. Skip words are the caller's: they hold for all hooks at once.
    public init(_ hook: Hook, _ event: TriggerEvent) {
        switch event.kind {
        case .push, .mergeGroup: self = Self.mergeGroup(hook, event) ?? Self.push(hook, event)
        case .pullRequest: self = Self.pullRequest(hook, event)
        case .schedule:
            self.init(runs: hook.triggers.schedule != nil, rule: "on.schedule", reason: "on.schedule")
        case .manual:
            self.init(runs: true, rule: "on", reason: "started by hand")
        }
    }

    /// The rule of the hook's `paths:` applied to what changed. Ask only for a hook that has some.
    public init(_ hook: Hook, _ changes: ChangedPaths) {
        switch changes {
        case .unknown(let reason): self.init(runs: true, rule: "paths", reason: "paths: not looked at, \(reason)")
        case .paths(let paths, let base):
            let patterns = hook.paths.map(PathPattern.init)
            for path in paths {
                guard let match = patterns.first(where: { $0.matches(path) }) else { continue }
                self.init(
                    runs: true, rule: "paths", reason: "paths: '\(Self.cut(path))' matches '\(match.pattern)'")
                return
            }
            let count =
                paths.count == 1 ? "the 1 changed file does not match" : "none of \(paths.count) changed files matches"
            self.init(runs: false, rule: "paths", reason: "paths: \(count) \(hook.paths), compared with \(base)")
        }
    }

    private init(runs: Bool, rule: String, reason: String) {
        self.runs = runs
        self.rule = rule
        self.reason = reason
    }

    /// The reason with the hook before it and, when it is known, the place of the rule after it.
    public func sentence(_ hook: Hook) -> String {
        "\(hook.id): \(reason)" + (hook.origin.map { " (\($0.place(of: rule)))" } ?? "")
    }

    private static func push(_ hook: Hook, _ event: TriggerEvent) -> HookMatch {
        guard let push = hook.triggers.push else {
            return HookMatch(runs: false, rule: "on", reason: "the hook has no on.push")
        }
        switch event.ref.kind {
        case .branch(let name): return match(name, push.branches, rule: "on.push.branches", what: "branch")
        case .tag(let name): return match(name, push.tags, rule: "on.push.tags", what: "tag")
        case .pullRequest, .other:
            return HookMatch(runs: false, rule: "on.push", reason: "\(event.ref) is neither a branch nor a tag")
        }
    }

    /// GitHub pushes a merge queue's branch and sends `merge_group`, in any order. Whichever comes first decides for all
    /// hooks, so that the build's status waits for all of them.
    private static func mergeGroup(_ hook: Hook, _ event: TriggerEvent) -> HookMatch? {
        guard let base = event.kind == .mergeGroup ? event.baseBranch : MergeQueueBranch(event.ref)?.base,
            let rule = hook.triggers.mergeGroup
        else { return nil }
        let answer = match(base, rule.branches, rule: "on.merge_group.branches", what: "base branch")
        return answer.runs || !push(hook, event).runs ? answer : nil
    }

    private static func pullRequest(_ hook: Hook, _ event: TriggerEvent) -> HookMatch {
        guard let rule = hook.triggers.pullRequest else {
            return HookMatch(runs: false, rule: "on", reason: "the hook has no on.pull_request")
        }
        if hook.refuses(trusted: !event.fromFork) {
            return HookMatch(
                runs: false, rule: "fork_pull_requests",
                reason: "\(event.ref.shortName) comes from a fork, and fork_pull_requests is 'never'")
        }
        return match(event.baseBranch ?? "", rule.branches, rule: "on.pull_request.branches", what: "base branch")
    }

    private static func match(_ name: String, _ globs: [String], rule: String, what: String) -> HookMatch {
        if let glob = globs.first(where: { Glob($0).matches(name) }) {
            return HookMatch(runs: true, rule: rule, reason: "\(rule): \(what) \(name) matches '\(glob)'")
        }
        return HookMatch(runs: false, rule: rule, reason: "\(rule): \(what) \(name) matches none of \(globs)")
    }

    /// A path is somebody else's text; a sentence takes so much of it.
    private static func cut(_ path: String) -> String {
        path.unicodeScalars.count <= 80 ? path : "…" + String(path.unicodeScalars.suffix(79).map(Character.init))
    }
}
