import Foundation
import Model
import Testing

@testable import Store

@Suite("What was heard from GitHub")
struct LastHeardTests {
    @Test("the latest delivery of a project's webhooks counts, and the events that were found after it")
    func lastHeard() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a", "b"])[0]
            let name = project.repository
            func isNow(_ date: Date?) -> Bool { date.map { abs($0.timeIntervalSince(clock.now)) < 0.002 } ?? false }
            #expect(try await store.lastHeard(name) == LastHeard())

            // Found before anything was heard.
            try await store.createFoundBuild(Fixture.newBuild(project, commit: "a1"), decision: "found")
            var heard = try await store.lastHeard(name)
            #expect(heard.at == nil && heard.event == nil && isNow(heard.foundAt) && heard.foundSince == 1)

            clock.advance(60)
            _ = try await store.inbox.store(Fixture.delivery("g1"))
            heard = try await store.lastHeard(name)
            #expect(isNow(heard.at) && heard.event == "push" && heard.foundAt != nil && heard.foundSince == 0)
            let told = heard.at

            for commit in ["a2", "a3"] {
                clock.advance(60)
                try await store.createFoundBuild(Fixture.newBuild(project, commit: commit), decision: "found")
            }
            heard = try await store.lastHeard(name)
            #expect(heard.at == told && isNow(heard.foundAt) && heard.foundSince == 2)
            // The admin repository's and an organization's are no webhooks of the project.
            clock.advance(60)
            for hook in [HookID.adminRepository, .account] {
                _ = try await store.inbox.store(
                    NewDelivery(repository: name, hook: hook, guid: "g2", event: "member", payload: Array("{}".utf8)))
            }
            #expect(try await store.lastHeard(name) == heard)

            let all = try await store.lastHeard([name, Fixture.repository("b")])
            #expect(all == [name: heard, try Fixture.repository("b"): LastHeard()])
            _ = try await store.inbox.store(Fixture.delivery("g3"))
            #expect(try await store.lastHeard(name).foundSince == 0)
        }
    }
}
