import Foundation
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("Heads that no webhook announced")
    struct HeadComparisonTests {
        @Test("every webhook is lost, and yet every head that a hook wants is built and has its status")
        func allWebhooksLost() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let old = try await fixture.commit(message: "before Kozmic came")
                let project = try await fixture.sync()
                await fixture.reconcile()
                let missed = fixture.missedEvents
                _ = await missed.pass()
                #expect(try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10).isEmpty)

                let main = try await fixture.commit(message: "one")
                let release = try await fixture.commit("release/1", message: "two")
                try await fixture.control(
                    "PUT", "/repos/acme/widget/refs", ["ref": "refs/tags/v1", "sha": release])
                try await fixture.control("PUT", "/repos/acme/widget/refs", ["ref": "refs/tags/x1", "sha": old])
                let quiet = try await fixture.commit("quiet", message: "nothing to see [ci skip]")
                try await fixture.control(
                    "POST", "/repos/acme/widget/pulls", ["title": "Two", "head": "release/1", "user": "acme"])
                // A schedule of its own would find them after a while; here it is asked at once.
                _ = await fixture.missedEvents.pass()

                try await fixture.withJobs {
                    for commit in [main, release] {
                        try await fixture.eventually { try await fixture.states(commit).last == "success" }
                    }
                }
                let builds = try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10)
                #expect(
                    builds.map { "\($0.ref) \($0.commit)" }.sorted() == [
                        "refs/heads/main \(main)", "refs/heads/quiet \(quiet)", "refs/heads/release/1 \(release)",
                        "refs/tags/v1 \(release)",
                    ])
                #expect(builds.allSatisfy { $0.state == .success && $0.trusted && !$0.message.isEmpty })
                let ofRelease = try #require(builds.first { $0.ref == .branch("release/1") })
                #expect(try await fixture.store.jobs(ofRelease.id).map { "\($0.hook)" } == ["release", "tests"])
                #expect(try await fixture.states(old).isEmpty)

                let rows = try await fixture.store.deliveries(try fixture.widgetName, limit: 10)
                #expect(rows.count == 4)
                #expect(rows.allSatisfy { $0.decision?.hasPrefix("found by comparing heads") == true })
                // Nothing is found twice.
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10).count == 4)
            }
        }

        @Test("what no webhook announced is decided by the rules about paths, too")
        func paths() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let rule = ControllerFixture.widget.replacing(
                    "    title: Tests\n", with: "    title: Tests\n    paths: ['src/**']\n")
                try await fixture.commit(files: ["projects/widget.yaml": rule], to: "acme/ci")
                let project = try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                let docs = try await fixture.commit(files: ["README.md": "other\n"])
                _ = await fixture.missedEvents.pass()
                let source = try await fixture.commit(files: ["src/a": "1\n"])
                _ = await fixture.missedEvents.pass()
                let builds = try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10)
                #expect(builds.map(\.commit) == [source, docs])
                let states = try await [fixture.store.jobs(builds[0].id), fixture.store.jobs(builds[1].id)]
                #expect(states.map { $0.map(\.state) } == [[.queued], [.skipped]])
            }
        }

        @Test("a pull request from a fork is found and treated as a stranger's")
        func fork() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let declaration = ControllerFixture.widget + "\nfork_pull_requests: always\n"
                try await fixture.commit(files: ["projects/widget.yaml": declaration], to: "acme/ci")
                let project = try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                try await fixture.control("POST", "/repos/acme/widget/forks", ["owner": "hubot"])
                let head = try await fixture.commit("topic", message: "mine", to: "hubot/widget")
                try await fixture.control(
                    "POST", "/repos/acme/widget/pulls", ["title": "Mine", "head": "hubot:topic", "user": "hubot"])
                _ = await fixture.missedEvents.pass()
                let builds = try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10)
                let build = try #require(builds.first)
                #expect(builds.count == 1 && build.ref == .pullRequest(1) && build.commit == head)
                #expect(!build.trusted && build.pullRequest == 1)
            }
        }

        @Test("a webhook that may still be under way is waited for, and what it brought is not made again")
        func patience() async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                fixture.configuration.missedEvents.patience = .seconds(3600)
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let missed = fixture.missedEvents
                _ = await missed.pass()
                let head = try await fixture.commit()
                let second = fixture.missedEvents
                let wait = await second.pass()
                #expect(try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10).isEmpty)
                #expect(wait == .seconds(600), "the next look is within the interval")
                // The delivery comes after all.
                let event = TriggerEvent(kind: .push, ref: .branch("main"), commit: head, message: "change")
                let triggered = Triggered(
                    event: event, project: project, pages: fixture.configuration.pages(project.repository))
                let build = try #require(triggered.decision([:]).build)
                try await fixture.store.createBuild(build)
                #expect(try await fixture.store.createFoundBuild(build, decision: "found") == nil)
                fixture.configuration.missedEvents.patience = .zero
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10).count == 1)
                #expect(try await fixture.store.deliveries(nil, limit: 10).isEmpty)
                #expect(try await fixture.store.seenHeads(project.id)?["refs/heads/main"] == head)
            }
        }

        @Test("a branch whose deletion no webhook announced ends its jobs, once the webhook can no longer come")
        func lostDeletion() async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                let topic = GitRef.branch("topic")
                try await fixture.commit("topic", message: "soon gone")
                let main = try await fixture.commit(message: "stays")
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.hasOpenBuilds(project.id, ref: topic))

                try await fixture.control("DELETE", "/repos/acme/widget/refs", ["ref": topic.description])
                fixture.configuration.missedEvents.patience = .seconds(3600)
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.hasOpenBuilds(project.id, ref: topic))
                #expect(try await fixture.store.seenHeads(project.id)?[topic.description] != nil)

                fixture.configuration.missedEvents.patience = .zero
                _ = await fixture.missedEvents.pass()
                let build = try #require(try await fixture.store.latestBuild(project.id, ref: topic))
                let jobs = try await fixture.store.jobs(build.id)
                #expect(!jobs.isEmpty && jobs.allSatisfy { $0.reason == "the branch topic was deleted" })
                #expect(build.state == .cancelled)
                #expect(try await fixture.store.seenHeads(project.id) == ["refs/heads/main": main])
                #expect(try await fixture.store.hasOpenBuilds(project.id, ref: .branch("main")))
            }
        }

        @Test("a branch that is gone ends its jobs, although the server's clock is behind that of their events")
        func slowClock() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                let topic = GitRef.branch("topic")
                let commit = try await fixture.commit("topic", message: "soon gone")
                _ = await fixture.missedEvents.pass()
                let event = TriggerEvent(
                    kind: .push, ref: topic, commit: commit, happenedAt: Int64(Date().timeIntervalSince1970) + 600)
                let triggered = Triggered(
                    event: event, project: project, pages: fixture.configuration.pages(project.repository))
                try await fixture.store.createBuild(try #require(triggered.decision([:]).build))
                try await fixture.control("DELETE", "/repos/acme/widget/refs", ["ref": topic.description])
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.latestBuild(project.id, ref: topic)?.state == .cancelled)
            }
        }

        @Test("a project that is declared again begins anew")
        func comesBack() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("POST", "/faults", ["target": "webhook", "action": "lose", "times": -1])
                let project = try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                let away = ConfigRevision(
                    commit: String(repeating: "a", count: 40), authorName: "a", committedAt: Date(), message: "away")
                try await fixture.store.applyConfig(DesiredState(projects: []), revision: away)
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.seenHeads(project.id) == nil)
                let head = try await fixture.commit()
                try await fixture.sync()
                _ = await fixture.missedEvents.pass()
                #expect(try await fixture.store.seenHeads(project.id)?["refs/heads/main"] == head)
                #expect(try await fixture.store.builds(project.id, ref: nil, before: nil, limit: 10).isEmpty)
            }
        }
    }
}
