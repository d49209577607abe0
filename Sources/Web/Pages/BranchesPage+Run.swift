import Foundation
import HTTPTypes
import Hummingbird
import Model
import Store

/// What somebody asked to run by hand and does not: the form is shown again as it was sent, with the reason.
struct RefusedRun: Sendable {
    var ref: String
    var hook: String
    var problem: ManualTriggerProblem

    var status: HTTPResponse.Status { APIProblem(problem).status }
}

/// The form "Run now", which works without JavaScript like all others.
extension BranchesPage {
    func addRunForm(to router: Router<WebContext>) {
        router.post("{owner}/{repo}/builds") { request, context in
            let project = try await lookup.project(context)
            guard lookup.policy.mayManage(project, context.viewer) else { throw HTTPError(.forbidden) }
            let fields = try await Forms.fields(request, context)
            guard let startBuild else { throw HTTPError(.serviceUnavailable) }
            let ref = fields["ref", default: ""].trimmingCharacters(in: .whitespacesAndNewlines)
            let hook = fields["hook", default: ""]
            do {
                let trigger = try Self.trigger(ref, hook, by: context.viewer.person?.login ?? "somebody")
                let build = try await startBuild(trigger, project)
                return Forms.goOn(to: ProjectLinks.url(project, build: build.number))
            } catch let problem as ManualTriggerProblem {
                let shown = String(ref.prefix(ManualTrigger.longestRef))
                return try await response(
                    project, for: context.viewer, refused: RefusedRun(ref: shown, hook: hook, problem: problem))
            }
        }
    }

    /// An empty field asks for what the form says in its place.
    private static func trigger(
        _ ref: String, _ hook: String, by sender: String
    ) throws(ManualTriggerProblem) -> ManualTrigger {
        guard ref.utf8.count <= ManualTrigger.longestRef else {
            throw ManualTriggerProblem(
                .unknownRef, "The name is longer than \(ManualTrigger.longestRef) bytes.",
                wayOut: "Give a shorter one.")
        }
        var trigger = ManualTrigger(ref: ref.isEmpty ? nil : ref, sender: sender)
        guard !hook.isEmpty else { return trigger }
        guard let id = HookID(hook) else {
            throw ManualTriggerProblem(
                .unknownHook, "There is no such hook.", wayOut: "Choose one of the project's hooks.")
        }
        trigger.hooks = [id]
        return trigger
    }

    /// What the form shows, to those who may use it.
    func runValues(_ project: ProjectRecord, _ viewer: Viewer, _ refused: RefusedRun?) -> PageValues {
        let mayRun = startBuild != nil && project.isActive && lookup.policy.mayManage(project, viewer)
        return [
            "runURL": mayRun ? "\(ProjectLinks.url(project))/builds" : nil, "runRef": refused?.ref ?? "",
            "mainName": project.defaultBranch ?? "default branch",
            "runHooks": project.config.hooks.map { hook -> PageValues in
                [
                    "id": hook.id.description, "title": hook.title.isEmpty ? hook.id.description : hook.title,
                    "isChosen": refused?.hook == hook.id.description,
                ]
            },
            "runProblem": refused.map { "\($0.problem)" },
        ]
    }
}
