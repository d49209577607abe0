import Model
import Store

/// An event that may make a build, with the answer of each hook's `on:`.
struct Triggered: Sendable {
    var event: TriggerEvent
    var project: ProjectRecord
    var pages: PageAddress

    /// Whether a hook that would run has rules about paths.
    var asksForPaths: Bool {
        project.config.hooks.contains { !$0.paths.isEmpty && HookMatch($0, event).runs }
    }

    /// - Parameter changes: needed when a hook asks for paths; `nil` lets every one of them run.
    func decision(_ changes: ChangedPaths?) -> DeliveryDecider.Decision {
        var build = NewBuild(
            projectID: project.id, event: event, hooks: [], trusted: !event.fromFork,
            configCommit: project.configCommit, statusMode: project.config.settings.status,
            pageURL: { [pages] number, hook in pages.build(number, hook: hook) })
        var sentences: [String] = []
        for hook in project.config.hooks {
            var match = HookMatch(hook, event)
            var sentence = match.sentence(hook)
            if match.runs, !hook.paths.isEmpty, let changes {
                match = HookMatch(hook, changes)
                sentence += ", " + match.sentence(hook).dropFirst("\(hook.id): ".count)
                if !match.runs { build.skipped.append(SkippedHook(hook, reason: match.reason)) }
            }
            if match.runs { build.hooks.append(hook) }
            sentences.append(sentence)
        }
        let reasons = sentences.joined(separator: "; ")
        guard !build.hooks.isEmpty || !build.skipped.isEmpty else {
            return DeliveryDecider.Decision(sentence: "no hook runs. \(reasons)", ref: event.ref)
        }
        return DeliveryDecider.Decision(sentence: reasons, build: build, ref: event.ref)
    }
}
