import Model
import Store

/// An event that may make a build, with the answer of each hook's `on:`.
///
/// A hook that does not run reports success with the reason, where somebody may wait for its status: a check that is
/// required on GitHub must never hang. That holds for the rules about paths, for skip words, and for a pull request into
/// a branch that `on.pull_request` leaves out. It does not hold for a hook that is not about this kind of event at all,
/// nor for a push to a branch that is left out: requirements are looked at when a pull request is merged, and a status
/// that says "not needed" a moment before the pull request's own event starts the job would open the gate.
struct Triggered: Sendable {
    var event: TriggerEvent
    var project: ProjectRecord
    var pages: PageAddress

    /// Whether a hook that would run has rules about paths.
    var asksForPaths: Bool {
        event.skipWord == nil && project.config.hooks.contains { !$0.paths.isEmpty && HookMatch($0, event).runs }
    }

    /// The hooks that get a job of this event, to be run or skipped.
    var concerned: [HookID] {
        project.config.hooks.filter { hook in
            let match = HookMatch(hook, event)
            return match.runs || reports(match, of: hook)
        }.map(\.id)
    }

    /// - Parameter changes: needed when a hook asks for paths; `nil` lets every one of them run.
    func decision(_ changes: ChangedPaths?) -> DeliveryDecider.Decision {
        var build = NewBuild(
            projectID: project.id, event: event, hooks: [], trusted: !event.fromFork,
            configCommit: project.configCommit, statusMode: project.config.settings.status,
            pageURL: { [pages] number, hook in pages.build(number, hook: hook) })
        build.needsApproval = event.fromFork && project.config.settings.forkPullRequests == .approve
        var sentences: [String] = []
        var explanation = DeliveryExplanation(event: event, configCommit: project.configCommit)
        let skipReason = event.skipWord.map { "the message holds '\($0)'" }
        for hook in project.config.hooks {
            var match = HookMatch(hook, event)
            var matches = [match]
            var sentence = match.sentence(hook)
            if match.runs, let skipReason {
                build.skipped.append(SkippedHook(hook, reason: skipReason))
            } else if match.runs, !hook.paths.isEmpty, let changes {
                match = HookMatch(hook, changes)
                matches.append(match)
                sentence += ", " + match.sentence(hook).dropFirst("\(hook.id): ".count)
                if !match.runs { build.skipped.append(SkippedHook(hook, reason: match.reason)) }
            } else if reports(match, of: hook) {
                build.skipped.append(SkippedHook(hook, reason: match.reason))
            }
            if match.runs, skipReason == nil { build.hooks.append(hook) }
            let isSkipped = build.skipped.last?.hook.id == hook.id
            var answer = DeliveryExplanation.Answer(
                hook, isSkipped ? .skipped : match.runs && skipReason == nil ? .runs : .no, matches)
            if match.runs, let skipReason {
                answer.rules.append(.init(rule: "message", holds: false, reason: skipReason))
            }
            explanation.hooks.append(answer)
            sentences.append(sentence)
        }
        let held = build.needsApproval && !build.hooks.isEmpty ? ["waits for an approval, as it comes from a fork"] : []
        let reasons = (skipReason.map { ["skipped: \($0)"] } ?? []) + held + sentences
        guard !build.hooks.isEmpty || !build.skipped.isEmpty else {
            return DeliveryDecider.Decision(
                sentence: "no hook runs. \(reasons.joined(separator: "; "))", ref: event.ref,
                explanation: explanation)
        }
        return DeliveryDecider.Decision(
            sentence: reasons.joined(separator: "; "), build: build, ref: event.ref, explanation: explanation)
    }

    /// Whether a hook that does not run says so on GitHub. Not when the push of the same commit runs it.
    private func reports(_ match: HookMatch, of hook: Hook) -> Bool {
        if event.kind == .mergeGroup { return !match.runs && hook.triggers.mergeGroup != nil }
        guard event.kind == .pullRequest, !match.runs, hook.triggers.pullRequest != nil else { return false }
        return !HookMatch(hook, TriggerEvent(kind: .push, ref: event.ref, commit: event.commit)).runs
    }
}
