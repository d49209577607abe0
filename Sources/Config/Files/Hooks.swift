import Model
import YAML

/// The hooks of a project, by their ids.
struct Hooks: ValueKind {
    /// GitHub takes no more webhooks for one event of a repository.
    static let maximumPerEvent = 20

    var context: ProjectContext
    /// What the project says, defaults applied.
    var settings: HookSettings

    var expected: String { "a mapping of ids to hooks" }
    var plural: String { "hooks" }

    func read(_ node: YAMLNode, _ findings: Findings) -> [Hook]? {
        guard let entries = node.entries else { return mismatch(node, findings) }
        var hooks: [Hook] = []
        var counts: [String: Int] = [:]
        for entry in entries {
            if HookID(entry.name) == nil {
                findings.error(
                    entry.key.start,
                    "\(quoted(entry.name)) is not a hook's id: lower-case letters, digits and hyphens, at most 64, "
                        + "not beginning with a hyphen")
            }
            // A hook without an id of its own is read too, for its other mistakes.
            guard let id = HookID(entry.name) ?? HookID("without-id"),
                let hook = HookReader(context: context, settings: settings).read(entry, id: id, findings)
            else { continue }
            hooks.append(hook)
            for event in hook.triggers.webhookEvents {
                counts[event, default: 0] += 1
                if counts[event] == Self.maximumPerEvent + 1 {
                    // Nobody wrote the event of these.
                    let isImplied = event == "push" && hooks.contains { $0.triggers.hasImpliedPush }
                    findings.error(
                        entry.key.start,
                        "more than \(Self.maximumPerEvent) hooks for the event '\(event)'"
                            + (isImplied ? ", which a hook with only a schedule has too" : "")
                            + "; GitHub takes no more")
                }
            }
        }
        return hooks
    }
}

extension Triggers {
    /// Whether the webhook listens to pushes that start nothing.
    fileprivate var hasImpliedPush: Bool { push == nil && webhookEvents.contains("push") }
}
