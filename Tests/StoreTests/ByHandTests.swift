import Model
import Testing

@testable import Store

@Suite("What somebody starts by hand in a cancelling group")
struct ByHandTests {
    private func build(
        _ fixture: Fixture, _ project: ProjectRecord, _ commit: String, _ kind: TriggerEvent.Kind = .push,
        at time: Int64? = nil, seen: EventMark? = nil, isOffHead: Bool = false
    ) async throws -> BuildRecord {
        var new = try Fixture.newBuild(project, commit: commit)
        new.event.kind = kind
        new.event.happenedAt = time
        new.seen = seen
        new.hooks[0].concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
        new.runsAgain = kind == .manual
        new.isOffHead = isOffHead
        return try #require(try await fixture.store.createBuild(new))
    }

    @Test("an old commit that is built for the first time ends nothing, makes nothing give way, and waits its turn")
    func offHead() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let hook = try #require(HookID("tests"))
            let newest = try await build(fixture, project, "4", at: 400)
            let running = try #require(try await store.claimNextJob()).job
            let old = try await build(fixture, project, "1", .manual, isOffHead: true)
            let other = try await build(fixture, project, "2", .manual, isOffHead: true)
            #expect(try await store.job(running.id)?.cancelReason == nil)
            #expect(old.state == .queued && other.state == .queued, "nor do two questions end each other")
            #expect(try await store.claimNextJob() == nil)
            // What comes late gives way to the newest event, not to them.
            let late = try await build(fixture, project, "3", at: 300)
            #expect(try await store.jobs(late.id).map(\.successor) == [newest.number])
            #expect(try await store.jobs(old.id).map(\.state) == [.queued])

            try await store.finishJob(running.id, .success)
            #expect(try await fixture.runNext().buildID == old.id)
            #expect(try await store.claimNextJob()?.build.id == other.id)
            _ = try await build(fixture, project, "1", .manual, isOffHead: true)
            _ = try await store.rerun(newest.id, hook)
            #expect(try await store.attempts(old.id, hook).map(\.state) == [.success, .cancelled])
            #expect(try await store.jobs(other.id).map(\.successor) == [newest.number], "a rerun ends what is older")
        }
    }

    @Test("the next event ends what was asked of an old commit, as it ends a rerun")
    func nextEvent() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let old = try await build(fixture, project, "1", .manual, isOffHead: true)
            let running = try #require(try await store.claimNextJob()).job
            let next = try await build(fixture, project, "2", at: 200)
            #expect(try await store.job(running.id)?.successor == next.number)
            #expect(next.state == .queued)
            try await store.finishJob(running.id, JobOutcome(state: .cancelled, reason: "superseded"))
            // The ref comes back to the commit: now it is the newest.
            let again = try await build(fixture, project, "1", at: 300)
            #expect(again.id == old.id && !again.isOffHead && again.state == .queued)
            #expect(try await store.jobs(next.id).map(\.successor) == [old.number])
        }
    }

    @Test("a head ends what is older than the look that found it, and waits for what came in since")
    func head() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let projects = try await fixture.declare(["a", "b"])
            let older = try await build(fixture, projects[0], "1", at: 100)
            let looked = [try await store.eventMark(projects[0].id), try await store.eventMark(projects[1].id)]
            let newer = try await build(fixture, projects[1], "3", at: 300)
            let running = [try #require(try await store.claimNextJob()), try #require(try await store.claimNextJob())]
            #expect(running.map(\.build.id) == [older.id, newer.id])
            for (project, mark) in zip(projects, looked) {
                #expect(try await build(fixture, project, "2", .manual, seen: mark).state == .queued)
            }
            #expect(try await store.job(running[0].job.id)?.cancelReason != nil)
            #expect(try await store.job(running[1].job.id)?.cancelReason == nil)
            #expect(try await store.claimNextJob() == nil)
        }
    }

    @Test("the server's clock has no say in which commit of a pull request is the latest")
    func clocks() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            for (commit, kind, time) in [
                ("1", TriggerEvent.Kind.manual, Int64(5_000)), ("1", .pullRequest, 100), ("2", .pullRequest, 200),
            ] {
                var new = try Fixture.newBuild(project, commit: commit, ref: .branch("topic"))
                new.event.kind = kind
                new.event.pullRequest = kind == .pullRequest ? 5 : nil
                new.event.happenedAt = time
                try await store.createBuild(new)
            }
            #expect(try await store.builds(project.id, limit: 9).map(\.state) == [.queued, .cancelled])
        }
    }

    @Test("who asks for a job that is being cancelled gets a new attempt, once")
    func ending() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let hook = try #require(HookID("tests"))
            let first = try await build(fixture, project, "1", at: 100)
            let running = try #require(try await store.claimNextJob()).job
            _ = try await build(fixture, project, "1", .manual)
            #expect(try await store.attempts(first.id, hook).count == 1)
            try await store.requestCancel(running.id, reason: "cancelled by mona")
            for _ in 0..<2 { _ = try await build(fixture, project, "1", .manual) }
            #expect(try await store.attempts(first.id, hook).map(\.state) == [.running, .queued])
            #expect(try await store.claimNextJob() == nil, "the first one keeps its place until it has ended")
            try await store.finishJob(running.id, JobOutcome(state: .cancelled, reason: "cancelled by mona"))
            #expect(try await store.build(id: first.id)?.state == .queued)
            #expect(try await fixture.runNext().attempt == 2)
            #expect(try await store.build(id: first.id)?.state == .success)
        }
    }
}
