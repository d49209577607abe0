import Foundation
import Model
import Testing

@testable import Store

@Suite("The outbox of commit statuses")
struct StatusTests {
    @Test("the final status is due until exactly its sequence is acknowledged")
    func lateAcknowledge() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project)
            let queued = try #require(try await fixture.due().first)
            #expect(queued.sequence == 1)
            #expect(queued.wanted.state == .pending)
            #expect(queued.wanted.description == "Build #1 is queued")
            #expect(queued.wanted.targetURL == "http://ci/o/a/builds/1")

            // While the first one is on its way, the build ends.
            try await fixture.runNext()
            try await store.acknowledgeStatus(
                project.id, commit: "aaaa", context: queued.wanted.context, sequence: queued.sequence)
            let final = try #require(try await fixture.due().first)
            #expect(final.wanted.state == .success)
            #expect(final.acknowledgedSequence == 1)
            #expect(final.sequence > 1)

            try await store.acknowledgeStatus(
                project.id, commit: "aaaa", context: final.wanted.context, sequence: final.sequence)
            #expect(try await fixture.due().isEmpty)
            #expect(try await store.dueStatuses(now: Date(), limit: 9).next == nil)
            // An answer that was delayed, and one about a sequence that never was, change nothing.
            for sequence in [1, final.sequence + 1] {
                try await store.acknowledgeStatus(
                    project.id, commit: "aaaa", context: final.wanted.context, sequence: sequence)
            }
            #expect(try await fixture.status(project).acknowledgedSequence == final.sequence)
        }
    }

    @Test(
        "each mode has its contexts, and an unchanged status keeps its sequence", arguments: ["build", "jobs", "both"])
    func modes(mode: String) async throws {
        let mode = try #require(HookSettings.StatusMode(rawValue: mode))
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            try await fixture.build(project, mode: mode)
            try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1, reason: "exit code 1"))
            let contexts = try await fixture.due().map(\.wanted.context).sorted()
            let jobContexts = ["Kozmic CI / one", "Kozmic CI / two"]
            switch mode {
            case .build: #expect(contexts == ["Kozmic CI"])
            case .jobs: #expect(contexts == jobContexts)
            case .both: #expect(contexts == ["Kozmic CI"] + jobContexts)
            }
            if mode != .build {
                let one = try await fixture.status(project, "Kozmic CI / one")
                #expect(one.wanted.state == .failure)
                #expect(one.wanted.description == "Build #1 failed: exit code 1")
                #expect(one.wanted.targetURL == "http://ci/o/a/builds/1/jobs/one")
                #expect(try await fixture.status(project, "Kozmic CI / two").sequence == 1)
            }
            try await fixture.runNext()
            if mode != .jobs {
                let build = try await fixture.status(project)
                #expect(build.wanted.description == "Build #1 failed: one")
                #expect(build.wanted.state == .failure)
            }
        }
    }

    @Test("each hook says what its job takes part in; a context that was reported once is kept right")
    func modesOfHooks() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "three", "two"])[0]
            func build(_ commit: String, _ modes: [HookSettings.StatusMode]) async throws -> BuildRecord {
                var new = try Fixture.newBuild(project, commit: commit)
                for (index, mode) in modes.enumerated() { new.hooks[index].settings.status = mode }
                return try #require(try await store.createBuild(new))
            }
            func contexts(_ commit: String) async throws -> [String] {
                try await store.statuses(project.id, commit: commit).map(\.wanted.context).sorted()
            }
            let first = try await build("c1", [.jobs, .both, .build])
            #expect(try await contexts("c1") == ["Kozmic CI", "Kozmic CI / one", "Kozmic CI / three"])
            _ = try await build("c2", [.jobs, .jobs, .jobs])
            #expect(
                try await contexts("c2") == ["Kozmic CI / one", "Kozmic CI / three", "Kozmic CI / two"])

            let job = try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
            #expect(job.hook.description == "one")
            #expect(try await fixture.status(project, "Kozmic CI / one", commit: "c1").wanted.state == .failure)
            // As declared now it has no status of its own; the one that GitHub shows must not stay red.
            try await store.cancelBuilds(
                BuildCancellation(projectID: project.id, .ref(.branch("main")), reason: "enough"))
            try await store.rerun(first.id, job.hook, with: .now)
            #expect(try await fixture.runNext().hook == job.hook)
            #expect(try await fixture.status(project, "Kozmic CI / one", commit: "c1").wanted.state == .success)
        }
    }

    @Test(
        "what a skipped hook reported is kept right when its job runs after all, although it reports otherwise by now",
        arguments: [(.jobs, .build), (.build, .jobs)] as [(HookSettings.StatusMode, HookSettings.StatusMode)])
    func skippedMode(then: HookSettings.StatusMode, now: HookSettings.StatusMode) async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let context = then == .jobs ? "Kozmic CI / tests" : CommitStatus.buildContext
            var skipping = try Fixture.newBuild(project, mode: then)
            skipping.skipped = [SkippedHook(skipping.hooks.removeFirst(), reason: "paths: none")]
            try await fixture.store.createBuild(skipping)
            #expect(try await fixture.status(project, context).wanted.state == .success)
            try await fixture.build(project, mode: now)
            #expect(try await fixture.status(project, context).wanted.state == .pending)
            try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
            let contexts = try await fixture.store.statuses(project.id, commit: "aaaa").map(\.wanted)
            #expect(contexts.map(\.context).sorted() == ["Kozmic CI", "Kozmic CI / tests"])
            #expect(contexts.allSatisfy { $0.state == .failure })
        }
    }

    @Test("when one commit is built on two refs, the newest build that goes on is shown, then the one that failed")
    func twoRefs() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project, ref: .branch("main"))
            try await fixture.build(project, ref: .branch("release"))
            #expect(try await fixture.status(project).wanted.description == "Build #2 is queued")
            try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
            #expect(try await fixture.status(project).wanted.description == "Build #2 is queued")
            try await fixture.runNext()
            let wanted = try await fixture.status(project).wanted
            #expect(wanted.state == .failure && wanted.description == "Build #1 failed: tests")
            #expect(try await fixture.due().count == 1)
        }
    }

    @Test("that a job waits for a slot is said when it still waits a moment later, and what follows at once")
    func briefWait() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project, mode: .both)
            #expect(try await store.dueStatuses(now: clock.now, limit: 9).due.isEmpty)
            let next = try #require(try await store.dueStatuses(now: clock.now, limit: 9).next)
            #expect(next > clock.now && next <= clock.now + 1)
            #expect(try await store.dueStatuses(now: next, limit: 9).due.count == 2)

            _ = try await store.claimNextJob()
            #expect(
                Set(try await store.dueStatuses(now: clock.now, limit: 9).due.map(\.status.wanted.description))
                    == ["Build #1 is running"])
        }
    }

    @Test("a failed try is put off, a hopeless one given up until something changes")
    func postpone() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project)
            let later = clock.now + 60
            func postpone(_ sequence: Int64, giveUp: Bool = false) async throws {
                try await store.postponeStatus(
                    project.id, commit: "aaaa", context: CommitStatus.buildContext, sequence: sequence,
                    until: later, error: "502", giveUp: giveUp)
            }
            try await postpone(1)
            #expect(try await store.dueStatuses(now: clock.now + 59, limit: 9).due.isEmpty)
            #expect(try await store.dueStatuses(now: clock.now, limit: 9).next == later)
            #expect(try await store.dueStatuses(now: later, limit: 9).due.map(\.status.failures) == [1])
            #expect(try await store.dueStatuses(now: later, limit: 9).due.map(\.status.lastError) == ["502"])

            _ = try await store.claimNextJob()
            #expect(try await store.dueStatuses(now: clock.now, limit: 9).next == later, "the back-off goes on")
            try await postpone(1, giveUp: true)
            #expect(try await fixture.due().count == 1, "only an older sequence was given up")
            try await postpone(2, giveUp: true)
            #expect(try await fixture.due().isEmpty)
            #expect(try await fixture.status(project).isGivenUp)
            let job = try #require(try await store.runningJobs().first).job
            try await store.finishJob(job.id, .success)
            #expect(try await store.dueStatuses(now: clock.now, limit: 9).due.map(\.status.failures) == [0])
        }
    }
}
