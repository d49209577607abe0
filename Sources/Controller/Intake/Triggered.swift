import Model
import Store

/// An event that may make a build, with the answer of each hook's `on:`.
///
/// A hook that does not run reports success with the reason, where somebody may wait for its status: a check that is
/// required on GitHub must never hang. That holds for the rules about paths, for skip words, and for a pull request into
/// a branch that `on.pull_request` leaves out. It does not hold for a hook that is not about this kind of event at all,
/// nor for a push to a branch that is left out: requirements are looked at when a pull request is merged, and a status
/// that says "not needed" a moment before the pull request's own event starts the job would open the gate. For the same
/// reason a push to the head of an open pull request skips only what that would skip too: its own event may never come.
/// A hook that runs for no pull request from a fork says nothing about one: nobody looked at it.
struct Triggered: Sendable {
    var event: TriggerEvent
    var project: ProjectRecord
    var pages: PageAddress
    /// The open pull requests that a push brings forward.
    var pulls: [PullRequestOverview] = []

    /// The events whose changes have to be known, because hooks that would run have rules about paths.
    var asksForPaths: [TriggerEvent] {
        let hooks = project.config.hooks.filter { hook in
            !hook.paths.isEmpty && HookMatch(hook, event).runs && skipWord(hook) == nil
        }
        var known: Set<TriggerEvent> = []
        return hooks.flatMap(subjects).filter { known.insert($0).inserted }
    }

    /// What decides whether a hook need not run: the pull requests that ask for it, else the event itself.
    private func subjects(_ hook: Hook) -> [TriggerEvent] {
        guard event.kind == .push else { return [event] }
        let asking = pulls.map { pull in
            TriggerEvent(
                kind: .pullRequest, ref: event.ref, commit: event.commit, message: pull.title,
                pullRequest: pull.number, baseBranch: pull.base)
        }.filter { HookMatch(hook, $0).runs }
        return asking.isEmpty ? [event] : asking
    }

    /// The word in the message that keeps a hook from running.
    private func skipWord(_ hook: Hook) -> String? {
        guard let word = event.skipWord, subjects(hook).allSatisfy({ $0.skipWord != nil }) else { return nil }
        return word
    }

    /// The hooks that get a job of this event, to be run or skipped.
    var concerned: [HookID] {
        project.config.hooks.filter { hook in
            let match = HookMatch(hook, event)
            return match.runs || reports(match, of: hook)
        }.map(\.id)
    }

    /// The hooks that the event runs, whatever changed and whatever its message says.
    var running: [HookID] { project.config.hooks.filter { HookMatch($0, event).runs }.map(\.id) }

    /// - Parameter changes: of each event in `asksForPaths`; where there are none, the hooks run.
    func decision(_ changes: [TriggerEvent: ChangedPaths]) -> DeliveryDecider.Decision {
        var build = NewBuild(
            projectID: project.id, event: event, hooks: [], trusted: !event.fromFork,
            configCommit: project.configCommit, pageURL: { [pages] number, hook in pages.build(number, hook: hook) })
        var sentences: [String] = []
        var explanation = DeliveryExplanation(event: event, configCommit: project.configCommit)
        var isSkipping = event.skipWord != nil && project.config.hooks.allSatisfy { !HookMatch($0, event).runs }
        for hook in project.config.hooks {
            let skipReason = skipWord(hook).map { "\(event.skipPlace) holds '\($0)'" }
            var match = HookMatch(hook, event)
            var matches = [match]
            var sentence = match.sentence(hook)
            if match.runs, let skipReason {
                isSkipping = true
                build.skipped.append(SkippedHook(hook, reason: skipReason))
            } else if match.runs, let answer = pathMatch(hook, changes) {
                match = answer
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
        let word = isSkipping ? event.skipWord.map { ["skipped: \(event.skipPlace) holds '\($0)'"] } : nil
        let reasons = (word ?? []) + waiting(build) + sentences
        guard !build.hooks.isEmpty || !build.skipped.isEmpty else {
            return DeliveryDecider.Decision(
                sentence: "no hook runs. \(reasons.joined(separator: "; "))", ref: event.ref,
                explanation: explanation)
        }
        return DeliveryDecider.Decision(
            sentence: reasons.joined(separator: "; "), build: build, ref: event.ref, explanation: explanation)
    }

    /// What a build from a fork waits for.
    private func waiting(_ build: NewBuild) -> [String] {
        let held = build.hooks.filter { $0.needsApproval(trusted: build.trusted) }.map(\.id.description)
        guard !held.isEmpty else { return [] }
        let names = held.count == build.hooks.count ? "" : " of \(held.joined(separator: ", "))"
        return ["waits for an approval\(names), as it comes from a fork"]
    }

    /// The answer of a hook's rules about paths: it runs if one of its pull requests would run it.
    private func pathMatch(_ hook: Hook, _ changes: [TriggerEvent: ChangedPaths]) -> HookMatch? {
        guard !hook.paths.isEmpty else { return nil }
        let answers = subjects(hook).compactMap { subject in changes[subject].map { HookMatch(hook, $0) } }
        return answers.first(where: \.runs) ?? answers.first
    }

    /// Whether a hook that does not run says so on GitHub. Not when the push of the same commit runs it.
    private func reports(_ match: HookMatch, of hook: Hook) -> Bool {
        if hook.refuses(trusted: !event.fromFork) { return false }
        if event.kind == .mergeGroup { return !match.runs && hook.triggers.mergeGroup != nil }
        guard event.kind == .pullRequest, !match.runs, hook.triggers.pullRequest != nil else { return false }
        return !HookMatch(hook, TriggerEvent(kind: .push, ref: event.ref, commit: event.commit)).runs
    }
}
