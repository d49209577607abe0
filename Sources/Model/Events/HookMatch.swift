/// Whether a hook runs for an event, and the rule that says so.
public struct HookMatch: Sendable, Hashable, Codable {
    /// Whether a job is made.
    public var runs: Bool
    /// One sentence naming the rule.
    public var reason: String

    /// The rules of the hook's `on:` applied to an event. Skip words are the caller's: they hold for all hooks at once.
    public init(_ hook: Hook, _ event: TriggerEvent) {
        switch event.kind {
        case .push: self = Self.push(hook, event)
        case .pullRequest: self = Self.pullRequest(hook, event)
        case .schedule:
            self.init(runs: hook.triggers.schedule != nil, reason: "on.schedule")
        case .manual:
            self.init(runs: true, reason: "started by hand")
        }
    }

    private init(runs: Bool, reason: String) {
        self.runs = runs
        self.reason = reason
    }

    private static func push(_ hook: Hook, _ event: TriggerEvent) -> HookMatch {
        guard let push = hook.triggers.push else {
            return HookMatch(runs: false, reason: "the hook has no on.push")
        }
        switch event.ref.kind {
        case .branch(let name): return match(name, push.branches, rule: "on.push.branches", what: "branch")
        case .tag(let name): return match(name, push.tags, rule: "on.push.tags", what: "tag")
        case .pullRequest, .other:
            return HookMatch(runs: false, reason: "\(event.ref) is neither a branch nor a tag")
        }
    }

    private static func pullRequest(_ hook: Hook, _ event: TriggerEvent) -> HookMatch {
        guard let rule = hook.triggers.pullRequest else {
            return HookMatch(runs: false, reason: "the hook has no on.pull_request")
        }
        return match(event.baseBranch ?? "", rule.branches, rule: "on.pull_request.branches", what: "base branch")
    }

    private static func match(_ name: String, _ globs: [String], rule: String, what: String) -> HookMatch {
        if let glob = globs.first(where: { Glob($0).matches(name) }) {
            return HookMatch(runs: true, reason: "\(rule): \(what) \(name) matches '\(glob)'")
        }
        return HookMatch(runs: false, reason: "\(rule): \(what) \(name) matches none of \(globs)")
    }
}
