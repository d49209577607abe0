import Foundation
import GitHub
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("The reporter of statuses")
    struct StatusReporterTests {
        /// As many writes within the hour as GitHub takes.
        private struct Full: GitHubLedger {
            func writes(by identity: String) -> [Date] { Array(repeating: Date(), count: 500) }
            func noteWrite(by identity: String, at date: Date) async {}
        }

        @Test("what waits for a pause is still what an earlier process may have sent")
        func inherited() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let commit = try await fixture.commit("topic", message: "one")
                let event = TriggerEvent(kind: .push, ref: .branch("topic"), commit: commit)
                let triggered = Triggered(
                    event: event, project: project, pages: fixture.configuration.pages(project.repository))
                try await fixture.store.createBuild(try #require(triggered.decision([:]).build))
                // That it is queued is not told at once.
                _ = try #require(try await fixture.store.claimNextJob())
                let waiting = try await fixture.store.dueStatuses(now: Date(), limit: 9).due.count
                #expect(waiting > 0)
                var options = GitHubOptions()
                options.ledger = Full()
                let full = GitHubClient(
                    apiURL: fixture.url + "/api/v3", token: GitHubToken(ControllerFixture.token), curl: fixture.curl,
                    options: options, logger: fixture.logger)
                let paused = StatusReporter(store: fixture.store, client: full, logger: fixture.logger)
                for _ in 1...2 { #expect(try await paused.pass() != nil) }
                #expect(paused.inherited.value)
                // Nothing went wrong: it is due as before.
                #expect(try await fixture.store.dueStatuses(now: Date(), limit: 9).due.count == waiting)
                let statuses = try await fixture.store.statuses(project.id, commit: commit)
                #expect(statuses.allSatisfy { $0.failures == 0 })
                let free = StatusReporter(store: fixture.store, client: fixture.client, logger: fixture.logger)
                _ = try await free.pass()
                #expect(!free.inherited.value)
                #expect(try await fixture.store.dueStatuses(now: Date(), limit: 9).due.isEmpty)
            }
        }
    }
}
