import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

@Suite("Adopting drift")
struct AdoptionTests {
    @Test("with what an adoption declares nothing is left to do")
    func nothingLeft() async throws {
        try await GitHubWorld.with { world in
            try await world.control("POST", "users", ["login": "dora"])
            var project = try GitHubWorld.project("guild/gear", drift: .report) {
                $0.permissions.authoritative = true
                $0.permissions.collaborators = ["alice": .push, "octocat": .pull]
            }
            let id = try await world.declare([project], commit: "c1")[0].id
            try await world.reconcile("guild/gear")
            for (login, level) in [("alice", "admin"), ("dora", "maintain")] {
                try await world.control("PUT", "repos/guild/gear/collaborators/\(login)", ["permission": level])
            }
            try await world.client.removeCollaborator("guild/gear", login: "octocat")
            let key = try #require(try await world.client.deployKeys("guild/gear").first)
            try await world.client.deleteDeployKey("guild/gear", key.id)
            let hook = try #require(try await world.client.hooks("guild/gear").first)
            let secret = world.configuration.secretKey.webhookSecret(
                project.repository, try #require(HookID("tests")))
            _ = try await world.client.updateHook(
                "guild/gear", hook.id,
                GitHubHookSpec(
                    url: hook.url, events: hook.events.filter { $0 != "pull_request" }, secret: GitHubSecret(secret)))

            #expect(try await world.reconcile("guild/gear").reportedDrift.count == 5)
            let found = try await world.store.openDrift().filter { $0.projectID == id }.map(\.difference)
            let adoption = Adoption(project, found.map(Adoption.Difference.init))
            #expect(adoption.notes.isEmpty, "\(adoption.notes)")
            #expect(adoption.project.permissions.collaborators == ["alice": .admin, "dora": .maintain])
            #expect(adoption.project.deployKey == .never)

            let live = LivePlan(
                client: world.client, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey,
                records: try await Store.peek(dataDirectory: world.folder + "/data"))
            let entry = try #require(await live.entries(DesiredState(projects: [project])).first)
            #expect(entry.adoption(project) == adoption)

            project = adoption.project
            try await world.declare([project], commit: "c2")
            let result = try await world.reconcile("guild/gear")
            #expect(result.operations.isEmpty && result.reportedDrift.isEmpty)
            #expect(result.condition.status == .ready)
        }
    }
}
