import Foundation
import GitHub
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("What GitHub tells by the way")
    struct HintTests {
        @Test("with no news no repository is asked for its heads; a push that no webhook told of is found and built")
        func push() async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                fixture.configuration.syncInterval = .zero
                // So that no look comes without a hint.
                fixture.configuration.missedEvents.settling = .seconds(3600)
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let hints = GitHubHints(fixture.store.changes)
                let missed = fixture.missedEvents(hints)
                let loop = ReconcileLoop(
                    configuration: fixture.configuration, store: fixture.store, client: fixture.client, hints: hints,
                    logger: fixture.logger)
                func looks() async throws -> Int {
                    try await fixture.control("DELETE", "/requests")
                    _ = await loop.pass()
                    _ = await missed.pass()
                    return try await fixture.gitRequests(of: "/acme/widget.git")
                }
                #expect(try await looks() > 0, "nobody looked before")
                for _ in 1...3 { #expect(try await looks() == 0) }
                let old = try await fixture.client.repository("acme/widget").pushedAt
                var head = ""
                // GitHub tells of whole seconds.
                repeat {
                    head = try await fixture.commit(message: "lost")
                } while try await fixture.client.repository("acme/widget").pushedAt == old
                #expect(try await looks() > 0)
                let builds = try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10)
                #expect(builds.map(\.commit) == [head])
                #expect(try await looks() == 0)
            }
        }

        @Test("a push in the same second as another is found by another look soon after")
        func sameSecond() async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                fixture.configuration.missedEvents.settling = .milliseconds(1)
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let hints = GitHubHints(fixture.store.changes)
                let missed = fixture.missedEvents(hints)
                // As if the push had been in this very second, and all that comes, too.
                hints.note(project.id, GitHubHints.Hint(pushedAt: Date().addingTimeInterval(3600)))
                _ = await missed.pass()
                let head = try await fixture.commit(message: "lost")
                var built: [String] = []
                for _ in 0..<5000 where built.isEmpty {
                    _ = await missed.passOverHeads()
                    built = try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10).map(\.commit)
                }
                #expect(built == [head])
            }
        }

        @Test("while GitHub tells nothing, heads are compared in every interval")
        func silence() async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                fixture.configuration.missedEvents.heads = .zero
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let missed = fixture.missedEvents
                _ = await missed.pass()
                let head = try await fixture.commit(message: "lost")
                _ = await missed.pass()
                let builds = try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10)
                #expect(builds.map(\.commit) == [head])
            }
        }

        @Test("deliveries are asked for when GitHub shows that the latest one failed, and when that is news")
        func deliveries() async throws {
            let schedule = LookSchedule<Set<Int64>>()
            func isDue(_ hint: Set<Int64>?) -> Bool {
                schedule.isDue(1, hint: hint, isAlarming: hint?.isEmpty == false, age: .seconds(600)) { failing, _ in
                    !failing.isEmpty
                }
            }
            #expect(isDue(nil), "nobody looked yet")
            schedule.looking(1, nextAfter: .seconds(3600))
            #expect(!isDue(nil) && !isDue([]), "all is well")
            #expect(isDue([7]))
            schedule.looking(1, hint: [7], nextAfter: .seconds(3600))
            #expect(!isDue([7]), "still the same")
            #expect(isDue([7, 8]) && isDue([]))
            schedule.looking(1, hint: [], nextAfter: .zero)
            #expect(isDue([]), "the rotating look")
        }
    }
}
