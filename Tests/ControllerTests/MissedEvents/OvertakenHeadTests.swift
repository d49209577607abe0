import Foundation
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("Heads whose jobs were ended for another commit")
    struct OvertakenHeadTests {
        private let topic = GitRef.branch("topic")

        /// What intake makes of the webhooks of a commit of pull request 1.
        private func announce(
            _ commit: String, before: String?, at time: Int64, _ project: ProjectRecord, _ fixture: ControllerFixture
        ) async throws {
            for kind in [TriggerEvent.Kind.push, .pullRequest] {
                let isPush = kind == .push
                let event = TriggerEvent(
                    kind: kind, ref: topic, commit: commit, pullRequest: isPush ? nil : 1,
                    baseBranch: isPush ? nil : "main", before: before, happenedAt: time)
                let triggered = Triggered(
                    event: event, project: project, pages: fixture.configuration.pages(project.repository))
                try await fixture.store.createBuild(try #require(triggered.decision([:]).build))
            }
        }

        @Test(
            "a pull request that is forced back to a commit that was superseded, of which no webhook tells, goes on with it",
            arguments: [true, false])
        func forcedBack(isSeenBetween: Bool) async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let store = fixture.store
                let first = try await fixture.commit("topic", files: ["a": "1\n"])
                try await fixture.control(
                    "POST", "/repos/acme/widget/pulls", ["title": "Mine", "head": "topic", "user": "acme"])
                _ = await fixture.missedEvents.pass()
                let now = Int64(Date().timeIntervalSince1970)
                try await announce(first, before: nil, at: now, project, fixture)
                let second = try await fixture.commit("topic", files: ["a": "2\n"])
                // What GitHub's list says of the pull request is older than this.
                try await announce(second, before: first, at: now + 600, project, fixture)
                func states() async throws -> [BuildState] {
                    try await store.builds(project.id, ref: topic, before: nil, limit: 9).map(\.state)
                }
                if isSeenBetween { _ = await fixture.missedEvents.pass() }
                #expect(try await states() == [.queued, .cancelled])

                try await fixture.control(
                    "PUT", "/repos/acme/widget/refs", ["ref": topic.description, "sha": first])
                fixture.configuration.missedEvents.patience = .seconds(3600)
                _ = await fixture.missedEvents.pass()
                #expect(try await states() == [.queued, .cancelled], "its webhook may still come")
                fixture.configuration.missedEvents.patience = .zero
                // It is found once, and nothing changes any more.
                for look in 1...3 {
                    _ = await fixture.missedEvents.pass()
                    #expect(try await states() == [.cancelled, .queued], "look \(look)")
                    let build = try #require(
                        try await store.builds(project.id, ref: topic, before: nil, limit: 9).last)
                    #expect(try await store.jobs(build.id).map(\.attempt) == [2], "look \(look)")
                    let rows = try await store.deliveries(try fixture.widgetName, limit: 9)
                    #expect(
                        rows.count == 1 && rows[0].decision?.contains("Runs again what had been ended: tests.") == true)
                }
                // The webhooks of the commit that it came back from are sent once more.
                try await announce(second, before: first, at: now + 600, project, fixture)
                #expect(try await states() == [.cancelled, .queued])
                try await fixture.withJobs { [fixture] in
                    try await fixture.eventually { try await fixture.states(first).last == "success" }
                }
            }
        }

        @Test("a pull request's ref that lags behind its branch brings nothing back")
        func laggingPullRequest() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let store = fixture.store
                let first = try await fixture.commit("topic", files: ["a": "1\n"])
                try await fixture.control(
                    "POST", "/repos/acme/widget/pulls", ["title": "Mine", "head": "topic", "user": "acme"])
                _ = await fixture.missedEvents.pass()
                let now = Int64(Date().timeIntervalSince1970)
                try await announce(first, before: nil, at: now, project, fixture)
                let second = try await fixture.commit("topic", files: ["a": "2\n"])
                try await announce(second, before: first, at: now + 600, project, fixture)
                _ = await fixture.missedEvents.pass()
                let files = try #require(FileManager.default.enumerator(atPath: fixture.folder + "/github"))
                let path = try #require(
                    files.compactMap { $0 as? String }.first { $0.hasSuffix(".git/refs/pull/1/head") })
                try Data("\(first)\n".utf8).write(to: URL(filePath: "\(fixture.folder)/github/\(path)"))
                for look in 1...3 {
                    _ = await fixture.missedEvents.pass()
                    let states = try await store.builds(project.id, ref: topic, before: nil, limit: 9).map(\.state)
                    #expect(states == [.queued, .cancelled], "look \(look)")
                }
            }
        }

        @Test("a build that was found outlives the deletion of its branch before, whose webhook comes late")
        func lateDeletion() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let store = fixture.store
                _ = await fixture.missedEvents.pass()
                try await fixture.commit("topic", message: "there again")
                _ = await fixture.missedEvents.pass()
                let build = try #require(try await store.latestBuild(project.id, ref: topic))
                #expect(build.state == .queued)
                let deletion = BuildCancellation(
                    projectID: project.id, .ref(topic), happenedAt: Int64(Date().timeIntervalSince1970),
                    reason: "the branch topic was deleted")
                #expect(try await store.cancelBuilds(deletion) == 1)
                for look in 1...3 {
                    _ = await fixture.missedEvents.pass()
                    #expect(try await store.build(id: build.id)?.state == .queued, "look \(look)")
                    #expect(try await store.jobs(build.id).map(\.attempt) == [2], "look \(look)")
                }
            }
        }
    }
}
