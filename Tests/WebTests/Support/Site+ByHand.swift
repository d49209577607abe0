import Model
import Store

@testable import Web

extension Site {
    /// Makes a build as the controller does, of a repository that has `main` and nothing else.
    @Sendable static func start(
        _ store: Store, _ wanted: ManualTrigger, _ project: ProjectRecord
    ) async throws -> BuildRecord {
        guard wanted.ref == nil || wanted.ref == "main" else {
            throw ManualTriggerProblem(
                .unknownRef, "There is no '\(wanted.ref ?? "")'.", wayOut: "Name another one.")
        }
        let hooks = project.config.hooks.filter { wanted.hooks?.contains($0.id) ?? true }
        guard !hooks.isEmpty else {
            throw ManualTriggerProblem(.unknownHook, "There is no such hook.", wayOut: "Name another one.")
        }
        let event = TriggerEvent(
            kind: .manual, ref: .branch("main"), commit: commit("by hand"), message: "Now", authorName: "Mona",
            sender: wanted.sender)
        let build = NewBuild(
            projectID: project.id, event: event, hooks: hooks, trusted: true, configCommit: project.configCommit,
            pageURL: { number, _ in "http://ci.example.org/\(number)" })
        guard let made = try await store.createBuild(build) else { throw StoreError.notFound("the build") }
        return made
    }
}
