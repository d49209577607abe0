import Model
import Store

/// An event that no webhook announced, and what it makes: the rules of a delivery's event, but for those about paths,
/// because a build too many is better than none.
struct FoundEvent: Sendable {
    var event: TriggerEvent
    var project: ProjectRecord
    var pages: PageAddress

    /// The hooks that run; none when the message says so, or when a stranger has to be approved first.
    private var matches: [(hook: Hook, match: HookMatch)] {
        let mayRun = !event.fromFork || project.config.settings.forkPullRequests == .always
        guard event.skipWord == nil, mayRun else { return [] }
        return project.config.hooks.map { ($0, HookMatch($0, event)) }.filter(\.1.runs)
    }

    /// `nil` when no hook runs.
    var build: NewBuild? {
        let hooks = matches.map(\.hook)
        guard !hooks.isEmpty else { return nil }
        return NewBuild(
            projectID: project.id, event: event, hooks: hooks, trusted: !event.fromFork,
            configCommit: project.configCommit, statusMode: project.config.settings.status,
            pageURL: { [pages] number, hook in pages.build(number, hook: hook) })
    }

    /// For the list of deliveries.
    var sentence: String {
        let reasons = matches.map { "\($0.hook.id): \($0.match.reason)" }
        return "found by comparing heads: GitHub's webhook did not arrive. " + reasons.joined(separator: "; ")
    }
}
