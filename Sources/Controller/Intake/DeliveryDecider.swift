import Foundation
import Model
import Store

/// What becomes of a delivery: a pure decision over the payload and the project's configuration.
///
/// It has steps, because the rules about paths need the repository, and what a push may skip needs the pull requests that
/// are open: `decide` answers everything else, and says whether `Triggered.decision` has to be asked with what changed.
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
        /// The builds that end.
        var cancels: BuildCancellation?
        /// What the event is about, for the page.
        var ref: GitRef?
        /// What the rules said.
        var explanation: DeliveryExplanation?
    }

    /// The first step's result.
    enum Step: Sendable {
        case decided(Decision)
        /// Some hooks run, and some of these only when the right paths changed.
        case needsPaths(Triggered)
    }

    /// What a delivery is about.
    enum Reading: Sendable {
        case decided(Decision)
        /// The event may make a build: to be decided with what is known of pull requests.
        case event(TriggerEvent, ProjectRecord)
    }

    /// - Parameter project: `nil` when none was ever declared under that name.
    func decide(_ delivery: DeliveryRecord, payload: [UInt8], project: ProjectRecord?) -> Reading {
        guard let project, project.isActive else {
            return .decided(Decision(sentence: "\(delivery.repository) is not declared in the admin repository"))
        }
        let event: WebhookEvent
        do {
            event = try WebhookEvent.parse(event: delivery.event, payload: payload)
        } catch {
            return .decided(Decision(sentence: "the payload could not be read: \(error)", failed: true))
        }
        switch event {
        case .ping(let hookID, _):
            return .decided(Decision(sentence: "GitHub says hello" + (hookID.map { " (webhook \($0))" } ?? "")))
        case .ignored(let reason): return .decided(Decision(sentence: reason))
        case .deleted(let ref, let time):
            let sentence = "the \(ref.kindName) \(ref.shortName) was deleted"
            let cancels = BuildCancellation(projectID: project.id, .ref(ref), happenedAt: time, reason: sentence)
            return .decided(Decision(sentence: sentence, cancels: cancels, ref: ref))
        case .closed(let number, let merged, let time):
            let cancels = BuildCancellation(closed: number, isMerged: merged, at: time, of: project.id)
            return .decided(Decision(sentence: cancels.reason, cancels: cancels))
        case .mergeGroupEnded(let ref, let reason):
            let sentence = "the merge queue is done with the group: \(reason)"
            let cancels = BuildCancellation(projectID: project.id, .ref(ref), happenedAt: nil, reason: sentence)
            return .decided(Decision(sentence: sentence, cancels: cancels, ref: ref))
        case .trigger(let trigger): return .event(trigger, project)
        }
    }

    /// The next step for an event that may make a build, wherever it is known from.
    ///
    /// - Parameter pulls: the open pull requests whose head is the ref.
    func decide(_ event: TriggerEvent, project: ProjectRecord, pulls: [PullRequestOverview]) -> Step {
        let triggered = Triggered(
            event: event, project: project, pages: configuration.pages(project.repository), pulls: pulls)
        return triggered.asksForPaths.isEmpty ? .decided(triggered.decision([:])) : .needsPaths(triggered)
    }
}

extension GitRef {
    /// The kind of thing, as a sentence calls it.
    var kindName: String {
        if case .tag = kind { "tag" } else { "branch" }
    }
}
