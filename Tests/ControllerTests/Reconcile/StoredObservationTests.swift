import Foundation
import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

@Suite("What is remembered of GitHub")
struct StoredObservationTests {
    @Test("after every pass the memory is what GitHub has, whatever was done, and a plan against it needs no request")
    func remembered() async throws {
        try await GitHubWorld.with { world in
            try await world.control("POST", "orgs/guild/teams", ["name": "Core", "members": ["octocat"]])
            var gear = try GitHubWorld.project("guild/gear") {
                $0.permissions.collaborators = ["alice": .push]
                $0.permissions.teams = ["core": .maintain]
            }
            try await world.declare([gear], commit: "c1")
            try await world.reconcile("guild/gear")
            try await check(world)

            // Every kind of operation: another event, the key deleted, the invitation raised, the team lowered.
            gear.hooks[0].triggers.pullRequest = nil
            gear.permissions.collaborators = ["alice": .maintain]
            gear.permissions.teams = ["core": .pull]
            gear.deployKey = .never
            try await world.declare([gear], commit: "c2")
            try await check(world, isAsDeclared: false)
            #expect(try await world.reconcile("guild/gear").operations.count == 4)
            try await check(world)

            // Two at once would be held.
            gear.permissions.authoritative = true
            gear.permissions.teams = [:]
            try await world.declare([gear], commit: "c3a")
            try await world.reconcile("guild/gear")
            try await check(world)

            gear.permissions.collaborators = ["kozmic": .admin]
            gear.hooks = [Hook(id: try #require(HookID("lint")), image: "debian", buildScript: "#!/bin/sh\n")]
            try await world.declare([gear], commit: "c3")
            try await world.reconcile("guild/gear")
            try await check(world)

            // Found by the next pass, and remembered although nothing had to be done.
            try await world.control("PATCH", "repos/guild/gear", ["private": false])
            try await world.reconcile("guild/gear")
            try await check(world)
            #expect(try await observation(world)?.isPrivate == false)

            let before = try await record(world).observedAt
            try await world.reconcile("guild/gear")
            #expect(try await record(world).observedAt == before)

            try await world.declare([], commit: "c4")
            try await world.reconcile("guild/gear")
            #expect(try await record(world).observation == nil)
            #expect(try await world.store.projectsToCleanUp().isEmpty)
        }
    }

    @Test("a pass that is cut off remembers what it did")
    func cut() async throws {
        try await GitHubWorld.with { world in
            let widget = try GitHubWorld.project("guild/widget") { $0.permissions.collaborators = ["alice": .push] }
            try await world.declare([widget], commit: "c1")
            try await world.control(
                "POST", "faults",
                ["target": "request", "action": "status", "status": 502, "method": "PUT", "times": -1])
            await #expect(throws: (any Error).self) { try await world.reconcile("guild/widget") }
            let seen = try #require(try await observation(world, "guild/widget"))
            #expect(seen.webhooks.count == 1)
            #expect(seen.webhooks.first?.id == (try await world.client.hooks("guild/widget").first?.id))
        }
    }

    private func check(_ world: GitHubWorld, isAsDeclared: Bool = true) async throws {
        let record = try await record(world)
        let stored = StoredPlan(
            records: [record], externalURL: world.configuration.externalURL,
            secretKey: world.configuration.secretKey
        ).entry(record)
        #expect(stored.plan?.operations.isEmpty == isAsDeclared, "\(stored.plan?.description ?? "")")
        let live = await LivePlan(
            client: world.client, externalURL: world.configuration.externalURL,
            secretKey: world.configuration.secretKey, records: [record]
        ).entries(DesiredState(projects: [record.project.config]))
        #expect(live.first?.plan == stored.plan)
        guard isAsDeclared else { return }
        let seen = try #require(try await observation(world))
        let hooks = try await world.client.hooks("guild/gear")
        #expect(seen.webhooks.map(\.id) == hooks.map(\.id).sorted())
        #expect(seen.deployKeys.map(\.id) == (try await world.client.deployKeys("guild/gear").map(\.id).sorted()))
        #expect(seen.invitations.map(\.id) == (try await world.client.invitations("guild/gear").map(\.id)))
    }

    private func record(_ world: GitHubWorld, _ name: String = "guild/gear") async throws -> ReconcileRecord {
        let repository = try #require(RepositoryName(name))
        let project = try #require(try await world.store.project(repository))
        return try #require(try await world.store.reconcileRecord(project.id))
    }

    private func observation(
        _ world: GitHubWorld, _ name: String = "guild/gear"
    ) async throws -> ObservedRepository? {
        StoredPlan.observation(try await record(world, name).observation)
    }
}
