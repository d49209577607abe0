import Foundation
import Model
import Testing

@testable import Store

@Suite("What comes without GitHub's time stands among its events as they were known, in a cancelling group")
struct EventMarkTests {
    private func build(
        _ fixture: Fixture, _ project: ProjectRecord, _ commit: String, _ kind: TriggerEvent.Kind = .push,
        at time: Int64? = nil, seen: EventMark? = nil
    ) async throws -> BuildRecord {
        var new = try Fixture.newBuild(project, commit: commit)
        new.event.kind = kind
        new.event.happenedAt = time
        new.seen = seen
        new.hooks[0].concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
        new.runsAgain = kind == .schedule || kind == .manual
        return try #require(try await fixture.store.createBuild(new))
    }

    @Test(
        "a push that comes in later is newer, however far the server's clock is before or after GitHub's",
        arguments: [TriggerEvent.Kind.schedule, .manual, .push, .mergeGroup], [-1e9, 0, 1e9])
    func laterPush(kind: TriggerEvent.Kind, ahead: Double) async throws {
        let clock = TestClock()
        clock.advance(ahead)
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            // By GitHub's clock, which is the one that `clock` began with.
            let older = try await build(fixture, project, "1", at: 1_700_000_000)
            let ours = try await build(fixture, project, "2", kind)
            #expect(try await store.jobs(older.id).map(\.successor) == [ours.number])
            let push = try await build(fixture, project, "3", at: 1_700_000_000)
            #expect(push.state == .queued, "also in the same second as the last one")
            #expect(try await store.jobs(ours.id).map(\.successor) == [push.number])
            let again = try await build(fixture, project, "2", kind)
            #expect(again.id == ours.id)
            #expect(try await store.jobs(push.id).map(\.state) == [kind == .schedule ? .cancelled : .queued])
        }
    }

    @Test("a push that is older than what a schedule saw makes room for it; one that came while it looked does not")
    func seen() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let first = try await build(fixture, project, "1", at: 200)
            let mark = try await store.eventMark(project.id)
            let meanwhile = try await build(fixture, project, "2", at: 200)
            #expect(try await store.jobs(first.id).map(\.successor) == [meanwhile.number])
            let scheduled = try await build(fixture, project, "3", .schedule, seen: mark)
            #expect(try await store.jobs(scheduled.id).map(\.successor) == [meanwhile.number])
            try await fixture.runNext()
            let next = try await build(fixture, project, "3", .schedule)
            #expect(next.id == scheduled.id && next.state == .queued)
            let late = try await build(fixture, project, "4", at: 100)
            #expect(try await store.jobs(late.id).map(\.successor) == [scheduled.number])
        }
    }

    @Test("a scheduled build says nothing of GitHub's events: a branch that comes back to its commit is news")
    func comesBack() async throws {
        let clock = TestClock()
        clock.advance(1e9)
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            _ = try await build(fixture, project, "1", at: 100)
            _ = try await build(fixture, project, "1", .schedule, at: Int64(clock.now.timeIntervalSince1970))
            let other = try await build(fixture, project, "2", at: 200)
            let again = try await build(fixture, project, "1", at: 300)
            #expect(again.state == .queued)
            #expect(try await fixture.store.jobs(other.id).map(\.successor) == [again.number])
        }
    }
}
