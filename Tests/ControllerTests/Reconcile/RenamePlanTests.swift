import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

@Suite("Plans of a rename")
struct RenamePlanTests {
    @Test("the new name takes over webhook and deploy key of a private repository; no plan tells of a deletion")
    func takenOver() async throws {
        try await GitHubWorld.with { world in
            try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")
            await world.pass()
            #expect(try await world.client.deployKeys("guild/gear").count == 1)
            try await world.control("PATCH", "repos/guild/gear", ["name": "cog"])
            await world.pass()
            let renamed = DesiredState(projects: [try GitHubWorld.project("guild/cog")])
            let records = try await world.store.reconcileRecords()
            let live = await LivePlan(
                client: world.client, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey, records: records
            ).entries(renamed)
            let stored = StoredPlan(
                records: records, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey
            ).entries(renamed)
            for entries in [live, stored] {
                let operations = entries.flatMap { $0.plan?.operations ?? [] }
                #expect(operations.map(\.part) == [.webhooks], "\(operations)")
                #expect(operations.map(\.change.action) == [.update], "\(operations)")
            }
            // Another one that is only added takes nothing over, and what is removed is still told.
            let other = DesiredState(projects: [try GitHubWorld.project("guild/widget")])
            let removed = StoredPlan(
                records: records, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey
            ).entries(other).first { $0.repository.description == "guild/gear" }
            #expect(removed?.plan?.operations.map(\.change.action) == [.delete, .delete])
        }
    }
}
