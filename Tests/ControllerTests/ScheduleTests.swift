import Foundation
import Model
import Store
import Synchronization
import Testing

@testable import Controller

@Suite("Schedules")
struct ScheduleTests {
    /// A clock that moves when told to.
    private final class Clock: Sendable {
        private let time: Mutex<Date>
        init(_ text: String) throws { time = Mutex(try Date(text, strategy: .iso8601)) }
        var now: Date { time.withLock { $0 } }
        func move(_ text: String) throws {
            let date = try Date(text, strategy: .iso8601)
            time.withLock { $0 = date }
        }
    }

    private func schedules(_ desk: Desk, _ clock: Clock) -> Schedules {
        Schedules(
            configuration: desk.configuration, store: desk.store, mirrors: desk.mirrors, now: { clock.now })
    }

    @Test("a due time builds the default branch's head once, whoever looks how often, and missed times make one build")
    func due() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2026-11-24T03:59:30Z")
            let project = try await desk.declare([desk.hook("nightly", schedule: "0 4 * * *"), desk.hook("tests")])
            let first = try desk.push(["a": "1"])
            let wait = await schedules(desk, clock).pass()
            #expect(try await desk.jobs(first).isEmpty, "nothing is caught up with that was never promised")
            #expect(wait ?? .zero <= .seconds(30))

            try clock.move("2026-11-24T04:00:01Z")
            for _ in 0..<3 { _ = await schedules(desk, clock).pass() }
            #expect(try await desk.jobs(first) == ["nightly": .queued])
            let build = try #require(try await desk.store.latestBuild(project.id))
            #expect(build.trigger == .schedule && build.ref == .branch("main") && build.authorName == "Mona")
            let job = try #require(try await desk.store.claimNextJob()).job
            try await desk.store.finishJob(job.id, .success)

            // Three nights without a server, and a head that was built already: one more attempt.
            try clock.move("2026-11-27T12:00:00Z")
            for _ in 0..<2 { _ = await schedules(desk, clock).pass() }
            let attempts = try await desk.store.attempts(build.id, job.hook)
            #expect(attempts.map(\.state) == [.success, .queued])

            let second = try desk.push(["a": "2"])
            try clock.move("2026-11-28T04:30:00Z")
            _ = await schedules(desk, clock).pass()
            #expect(try await desk.jobs(second) == ["nightly": .queued])
        }
    }

    @Test("when the head cannot be fetched, the due time is taken later")
    func unreachable() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2026-11-24T03:59:00Z")
            _ = try await desk.declare([desk.hook("nightly", schedule: "0 4 * * *")])
            let commit = try desk.push(["a": "1"])
            _ = await schedules(desk, clock).pass()
            try clock.move("2026-11-24T04:00:00Z")
            try desk.breakRepository(true)
            let wait = await schedules(desk, clock).pass()
            #expect(wait ?? .zero <= .seconds(2))
            #expect(try await desk.jobs(commit).isEmpty)
            try desk.breakRepository(false)
            _ = await schedules(desk, clock).pass()
            #expect(try await desk.jobs(commit) == ["nightly": .queued])
        }
    }

    @Test("a due time that the configuration took away while its head could not be fetched is not waited for")
    func takenAway() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2026-11-24T03:59:00Z")
            _ = try await desk.declare([desk.hook("nightly", schedule: "0 4 * * *")])
            try desk.push(["a": "1"])
            let schedules = schedules(desk, clock)
            _ = await schedules.pass()
            try clock.move("2026-11-24T04:00:00Z")
            try desk.breakRepository(true)
            #expect(await schedules.pass() ?? .zero <= .seconds(2))
            _ = try await desk.declare([desk.hook("nightly", schedule: "0 16 * * *")])
            #expect(await schedules.pass() ?? .zero > .seconds(3600))
        }
    }

    @Test("a repository that only the deploy key opens is built on schedule")
    func deployKey() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2026-11-24T03:59:00Z")
            _ = try await desk.declare([desk.hook("nightly", schedule: "0 4 * * *")])
            let commit = try desk.push(["a": "1"])
            let schedules = Schedules(
                configuration: desk.locked, store: desk.store, mirrors: desk.lockedMirrors(), now: { clock.now })
            _ = await schedules.pass()
            try clock.move("2026-11-24T04:00:00Z")
            _ = await schedules.pass()
            #expect(try await desk.jobs(commit) == ["nightly": .queued])
        }
    }

    @Test("what was pushed while the head was read is newer than the scheduled build of it")
    func pushedMeanwhile() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2020-11-24T03:59:00Z")
            var nightly = try desk.hook("nightly", schedule: "0 4 * * *")
            nightly.concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            _ = try await desk.declare([nightly])
            let head = try desk.push(["a": "1"])
            let next = String(repeating: "e", count: 40)
            let mirrors = desk.lockedMirrors {
                let time = Int(clock.now.timeIntervalSince1970)
                _ = try await desk.deliver("push", desk.pushed(next, before: head, at: time))
            }
            let schedules = Schedules(
                configuration: desk.locked, store: desk.store, mirrors: mirrors, now: { clock.now })
            _ = await schedules.pass()
            try clock.move("2020-11-24T04:00:00Z")
            _ = await schedules.pass()
            #expect(try await desk.jobs(next) == ["nightly": .queued])
            #expect(try await desk.jobs(head) == ["nightly": .cancelled])
        }
    }

    @Test("what is pushed after a scheduled build is newer, although the server's clock is minutes before GitHub's")
    func fastClock() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2026-11-24T03:59:00Z")
            var nightly = try desk.hook("nightly", schedule: "0 4 * * *")
            nightly.concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            _ = try await desk.declare([nightly])
            let head = try desk.push(["a": "1"])
            _ = await schedules(desk, clock).pass()
            try clock.move("2026-11-24T04:00:00Z")
            _ = await schedules(desk, clock).pass()
            #expect(try await desk.jobs(head) == ["nightly": .queued])
            let next = String(repeating: "e", count: 40)
            let time = Int(clock.now.timeIntervalSince1970) - 300
            _ = try await desk.deliver("push", desk.pushed(next, before: head, at: time))
            #expect(try await desk.jobs(next) == ["nightly": .queued])
            #expect(try await desk.jobs(head) == ["nightly": .cancelled])
        }
    }

    @Test("a scheduled attempt is as new as its time, also in a build that an older event made")
    func order() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2020-11-24T03:59:00Z")
            var nightly = try desk.hook("nightly", schedule: "0 4 * * *")
            nightly.concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let project = try await desk.declare([nightly])
            let head = try desk.push(["a": "1"])
            _ = try await desk.deliver("push", desk.pushed(head, before: nil, at: 100))
            let other = String(repeating: "d", count: 40)
            try await desk.store.finishJob(try #require(try await desk.store.claimNextJob()).job.id, .success)
            _ = try await desk.deliver("push", desk.pushed(other, before: nil, branch: "topic", at: 150))
            try await desk.store.finishJob(try #require(try await desk.store.claimNextJob()).job.id, .success)
            _ = await schedules(desk, clock).pass()
            try clock.move("2020-11-24T04:00:00Z")
            _ = await schedules(desk, clock).pass()
            let scheduled = try #require(try await desk.store.claimNextJob())
            #expect(scheduled.build.commit == head && scheduled.job.attempt == 2)
            let topic = try #require(try await desk.store.latestBuild(project.id, ref: .branch("topic")))
            _ = try await desk.store.rerun(topic.id, nightly.id)
            #expect(try await desk.store.job(scheduled.job.id)?.cancelReason == nil)
            #expect(try await desk.store.claimNextJob() == nil, "the rerun waits")
        }
    }

    @Test("what is no longer scheduled when the head was read is not built")
    func changedMeanwhile() async throws {
        try await Desk.with { desk in
            let clock = try Clock("2026-11-24T03:59:00Z")
            _ = try await desk.declare([desk.hook("nightly", schedule: "0 4 * * *")])
            let commit = try desk.push(["a": "1"])
            let mirrors = desk.lockedMirrors { _ = try await desk.declare([desk.hook("nightly")]) }
            let schedules = Schedules(
                configuration: desk.locked, store: desk.store, mirrors: mirrors, now: { clock.now })
            _ = await schedules.pass()
            try clock.move("2026-11-24T04:00:00Z")
            _ = await schedules.pass()
            #expect(try await desk.jobs(commit).isEmpty)
        }
    }
}
