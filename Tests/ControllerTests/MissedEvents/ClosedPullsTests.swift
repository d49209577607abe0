import Foundation
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("Pull requests whose closing no webhook announced")
    struct ClosedPullsTests {
        @Test(
            "a fork's build that is held for an approval is ended once the webhook can no longer come",
            arguments: ["closed", "merged"])
        func held(end: String) async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                try await fixture.control("POST", "/repos/acme/widget/forks", ["owner": "hubot"])
                let head = try await fixture.commit("topic", files: ["a": "1\n"], to: "hubot/widget")
                try await fixture.control(
                    "POST", "/repos/acme/widget/pulls", ["title": "Mine", "head": "hubot:topic", "user": "hubot"])
                _ = await fixture.missedEvents.pass()
                let store = fixture.store
                let found = try #require(try await store.latestBuild(project.id, ref: .pullRequest(1)))
                #expect(found.commit == head && found.awaitsApproval)
                // As long as it is open nothing ends.
                _ = await fixture.missedEvents.pass()
                #expect(try await store.build(id: found.id)?.awaitsApproval == true)

                try await fixture.control(
                    "PATCH", "/repos/acme/widget/pulls/1", end == "merged" ? ["merged": true] : ["state": "closed"])
                fixture.configuration.missedEvents.patience = .seconds(3600)
                _ = await fixture.missedEvents.pass()
                #expect(try await store.build(id: found.id)?.awaitsApproval == true)

                fixture.configuration.missedEvents.patience = .zero
                _ = await fixture.missedEvents.pass()
                #expect(try await store.build(id: found.id)?.state == .cancelled)
                let jobs = try await store.jobs(found.id)
                #expect(!jobs.isEmpty && jobs.allSatisfy { $0.reason == "pull request #1 was \(end)" })
                #expect(try await store.openPullRequestNumbers(project.id).isEmpty)
            }
        }

        @Test("numbers that GitHub does not show are in nobody's way and cost one request at a look")
        func hidden() {
            let pulls = HiddenPulls()
            #expect(pulls.next(of: [1, 2, 3], in: 7, limit: 2) == [1, 2])
            pulls.add(1, of: 7)
            pulls.add(2, of: 7)
            for _ in 0..<20 {
                let next = pulls.next(of: [1, 2, 3], in: 7, limit: 2)
                #expect(next == [3, 1] || next == [3, 2])
            }
            #expect(pulls.next(of: [1, 2, 3], in: 8, limit: 2) == [1, 2])
        }

        @Test("a pull request that was opened again meanwhile is not ended by the closing before")
        func reopened() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                let commit = try await fixture.commit("topic", files: ["a": "1\n"])
                try await fixture.control(
                    "POST", "/repos/acme/widget/pulls", ["title": "Mine", "head": "topic", "user": "acme"])
                try await fixture.control("PATCH", "/repos/acme/widget/pulls/1", ["state": "closed"])
                // Its reopening is known here before GitHub's answer about the closing is looked at.
                let event = TriggerEvent(
                    kind: .pullRequest, ref: .branch("topic"), commit: commit, pullRequest: 1, baseBranch: "main",
                    happenedAt: Int64(Date().timeIntervalSince1970) + 600)
                let triggered = Triggered(
                    event: event, project: project, pages: fixture.configuration.pages(project.repository))
                try await fixture.store.createBuild(try #require(triggered.decision([:]).build))
                _ = await fixture.missedEvents.passOverLists()
                #expect(try await fixture.store.latestBuild(project.id, ref: event.ref)?.state == .queued)
                #expect(try await fixture.store.openPullRequestNumbers(project.id) == [1])
            }
        }
    }
}
