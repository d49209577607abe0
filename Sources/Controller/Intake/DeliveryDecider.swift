import Foundation
import Model
import Store

/// What becomes of a delivery: a pure decision over the payload and the project's configuration.
struct DeliveryDecider: Sendable {
    var configuration: ControllerConfiguration

    /// A decision with its reason.
    struct Decision: Sendable {
        /// For the page of deliveries.
        var sentence: String
        /// Whether the delivery could not be understood.
        var failed = false
        /// The build that is made or completed.
        var build: NewBuild?
        /// What the event is about, for the page.
        var ref: GitRef?
        var action: String?
    }

    /// - Parameter project: `nil` when none was ever declared under that name.
    func decide(_ delivery: DeliveryRecord, payload: [UInt8], project: ProjectRecord?) -> Decision {
        guard let project, project.isActive else {
            return Decision(sentence: "\(delivery.repository) is not declared in the admin repository")
        }
        let event: WebhookEvent
        do {
            event = try WebhookEvent.parse(event: delivery.event, payload: payload)
        } catch {
            return Decision(sentence: "the payload could not be read: \(error)", failed: true)
        }
        switch event {
        case .ping(let hookID, _):
            return Decision(sentence: "GitHub says hello" + (hookID.map { " (webhook \($0))" } ?? ""))
        case .ignored(let reason): return Decision(sentence: reason)
        case .trigger(let trigger):
            var decision = decide(trigger, project: project)
            decision.ref = trigger.ref
            return decision
        }
    }

    private func decide(_ event: TriggerEvent, project: ProjectRecord) -> Decision {
        if let word = event.skipWord { return Decision(sentence: "skipped: the message holds '\(word)'") }
        if event.fromFork, project.config.settings.forkPullRequests != .always {
            return Decision(
                sentence: "not run: \(event.ref.shortName) comes from a fork, and fork_pull_requests is "
                    + "'\(project.config.settings.forkPullRequests.rawValue)'")
        }
        let matches = project.config.hooks.map { ($0, HookMatch($0, event)) }
        let running = matches.filter(\.1.runs)
        let reasons = matches.map { "\($0.0.id): \($0.1.reason)" }.joined(separator: "; ")
        guard !running.isEmpty else { return Decision(sentence: "no hook runs. \(reasons)") }
        let pages = configuration.pages(project.repository)
        return Decision(
            sentence: reasons,
            build: NewBuild(
                projectID: project.id, event: event, hooks: running.map(\.0), trusted: !event.fromFork,
                configCommit: project.configCommit, statusMode: project.config.settings.status,
                pageURL: { number, hook in pages.build(number, hook: hook) }))
    }
}
