import Foundation
import Model
import Testing

@testable import Store

@Suite("Groups, places in the queue, reruns and schedules")
struct QueueTests {
    private func build(
        _ fixture: Fixture, _ project: ProjectRecord, _ commit: String, _ group: Hook.Concurrency?,
        hooks: [String] = ["tests"], happenedAt: Int64? = nil, needsApproval: Bool = false
    ) async throws -> BuildRecord {
        var new = try Fixture.newBuild(project, commit: commit)
        new.event.happenedAt = happenedAt
        new.trusted = !needsApproval
        new.hooks = try hooks.map {
            var hook = try Fixture.hook($0)
            hook.concurrency = group
            return hook
        }
        return try #require(try await fixture.store.createBuild(new))
    }

    @Test("a full group is passed over, in its own project only, and goes on in order")
    func groups() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let projects = try await fixture.declare(["a", "b"])
            let deploy = Hook.Concurrency(group: "deploy", limit: 1)
            let first = try await build(fixture, projects[0], "1", deploy)
            let second = try await build(fixture, projects[0], "2", deploy)
            _ = try await build(fixture, projects[0], "3", nil)
            _ = try await build(fixture, projects[1], "4", deploy)
            var claims: [ClaimedJob] = []
            while let claimed = try await store.claimNextJob() { claims.append(claimed) }
            #expect(claims.map(\.build.commit) == ["1", "4", "3"])
            let waiting = try #require(try await store.jobs(second.id).first)
            #expect(try await store.queuePlaces([waiting.id])[waiting.id]?.fullGroup == "deploy")
            try await store.finishJob(claims[0].job.id, .success)
            #expect(try await store.queuePlaces([waiting.id])[waiting.id]?.position == 1)
            #expect(try await store.claimNextJob()?.job.id == waiting.id)
            #expect(try await store.build(id: first.id)?.state == .success)
        }
    }

    @Test("a new job of a cancelling group ends the oldest of other builds, and starts when these have ended")
    func cancellingGroup() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let rule = Hook.Concurrency(group: "deploy", limit: 2, onNew: .cancel)
            let first = try await build(fixture, project, "1", rule, hooks: ["one", "two"])
            #expect(first.state == .queued, "jobs of one build do not end each other")
            let running = try #require(try await store.claimNextJob()).job
            let second = try await build(fixture, project, "2", rule)
            let reason = "superseded by build #2 in the group 'deploy'"
            #expect(try await store.job(running.id)?.cancelReason == reason)
            #expect(try await store.jobs(first.id).map(\.state) == [.running, .queued], "only as many as need be")
            #expect(try await store.claimNextJob()?.job.hook.description == "two")
            #expect(try await store.claimNextJob() == nil, "the cancelled job keeps its place until it has ended")
            try await store.finishJob(running.id, JobOutcome(state: .cancelled, reason: reason))
            #expect(try await store.claimNextJob()?.build.id == second.id)
        }
    }

    @Test("in a cancelling group the latest events go on, whatever comes in last")
    func lateInGroup() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let rule = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let newer = try await build(fixture, project, "2", rule, happenedAt: 200)
            let running = try #require(try await store.claimNextJob()).job
            _ = try await store.inbox.store(Fixture.delivery("late"))
            var new = try Fixture.newBuild(project, commit: "1")
            new.event.happenedAt = 100
            new.hooks[0].concurrency = rule
            let delivery = try #require(try await store.deliveries(limit: 1).first)
            let late = try #require(try await store.finishDelivery(delivery.id, decision: "runs", build: new))
            #expect(try await store.job(running.id)?.cancelReason == nil)
            let job = try #require(try await store.jobs(late.id).first)
            #expect(job.state == .cancelled && job.successor == newer.number)
            #expect(job.reason == "superseded by build #1 in the group 'deploy'")
            #expect(
                try await store.deliveries(limit: 1).first?.decision
                    == "runs; tests: superseded by build #1 in the group 'deploy'")

            // A stranger's newer job, of which nobody knows whether it will ever run, is in nobody's way.
            _ = try await build(fixture, project, "4", rule, happenedAt: 400, needsApproval: true)
            let third = try await build(fixture, project, "3", rule, happenedAt: 300)
            #expect(try await store.job(running.id)?.successor == third.number)
            #expect(try await store.jobs(third.id).map(\.state) == [.queued])
        }
    }

    @Test(
        "a later event brings back what a cancelling group ended, whether that gave way or came late",
        arguments: [[100, 200], [200, 100]])
    func wantedAgainInGroup(times: [Int64]) async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let rule = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            func event(_ kind: TriggerEvent.Kind, topic: Int64, at time: Int64) async throws -> BuildRecord {
                var new = try Fixture.newBuild(project, commit: "c\(topic)", ref: .branch("topic-\(topic)"))
                new.event.kind = kind
                new.event.pullRequest = kind == .pullRequest ? 5 : nil
                new.event.happenedAt = time
                new.hooks[0].concurrency = rule
                return try #require(try await store.createBuild(new))
            }
            for time in times { _ = try await event(.push, topic: time, at: time) }
            let again = try await event(.pullRequest, topic: 100, at: 300)
            #expect(again.state == .queued)
            let hook = try #require(HookID("tests"))
            #expect(try await store.attempts(again.id, hook).map(\.state) == [.cancelled, .queued])
            let other = try #require(try await store.latestBuild(project.id, ref: .branch("topic-200")))
            #expect(try await store.jobs(other.id).map(\.successor) == [again.number])
            #expect(try await store.claimNextJob()?.build.id == again.id)
            // The same event once more brings nothing.
            _ = try await event(.pullRequest, topic: 100, at: 300)
            #expect(try await store.attempts(again.id, hook).count == 2)
        }
    }

    @Test("what somebody runs again ends no newer build's job of a cancelling group, and waits for it")
    func rerunInGroup() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let rule = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let old = try await build(fixture, project, "1", rule, happenedAt: 100)
            try await fixture.runNext()
            _ = try await build(fixture, project, "2", rule, happenedAt: 200)
            let running = try #require(try await store.claimNextJob()).job
            let hook = try #require(HookID("tests"))
            let again = try await store.rerun(old.id, hook)
            #expect(try await store.job(running.id)?.cancelReason == nil)
            #expect(again.state == .queued)
            #expect(try await store.claimNextJob() == nil)
            // The next event ends both.
            let last = try await build(fixture, project, "3", rule, happenedAt: 300)
            #expect(try await store.job(running.id)?.successor == last.number)
            #expect(try await store.job(again.id)?.state == .cancelled)
        }
    }

    @Test("an old commit that is built again by hand ends no newer build's job of a cancelling group, either")
    func byHandInGroup() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let rule = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let old = try await build(fixture, project, "1", rule, happenedAt: 100)
            try await fixture.runNext()
            _ = try await build(fixture, project, "2", rule, happenedAt: 200)
            let running = try #require(try await store.claimNextJob()).job
            var byHand = try Fixture.newBuild(project, commit: "1")
            byHand.event.kind = .manual
            byHand.hooks[0].concurrency = rule
            byHand.runsAgain = true
            #expect(try await store.createBuild(byHand)?.id == old.id)
            #expect(try await store.job(running.id)?.cancelReason == nil)
            #expect(try await store.jobs(old.id).map(\.attempt) == [2])
            #expect(try await store.claimNextJob() == nil, "it waits")
            try await store.finishJob(running.id, .success)
            #expect(try await store.claimNextJob()?.build.id == old.id)
        }
    }

    @Test("places in the queue are those of the slots to come")
    func places() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let projects = try await fixture.declare(["a", "b", "c"])
            for index in 0..<3 { try await fixture.build(projects[0], commit: "\(index)") }
            for project in projects.dropFirst() {
                for index in 0..<2 { try await fixture.build(project, commit: "\(index)") }
            }
            _ = try await store.claimNextJob()
            let queued = try await store.database.query("SELECT id FROM job WHERE state = 'queued'")
            let places = try await store.queuePlaces(queued.compactMap { Int64($0) })
            var order: [Int64] = []
            while let claimed = try await store.claimNextJob() { order.append(claimed.job.id) }
            #expect(places.values.sorted { $0.position ?? 0 < $1.position ?? 0 }.map(\.jobID) == order)
            #expect(try await store.queuePlaces(order).isEmpty)
        }
    }

    @Test("a rerun has the configuration of then, or by choice of now")
    func configurations() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "three", "two"])[0]
            let build = try await fixture.build(project)
            try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
            try await fixture.runNext()
            try await fixture.runNext(JobOutcome(state: .error, reason: "no engine"))
            var changed = try Fixture.project("a", hooks: ["one", "two"])
            changed.hooks[0].image = "newer"
            try await store.applyConfig(DesiredState(projects: [changed]), revision: Fixture.revision("c2"))

            let again = try await store.rerunFailed(build.id)
            #expect(again.map(\.hook.description) == ["one", "two"] && again.map(\.attempt) == [2, 2])
            #expect(again[0].config.image == "debian")
            #expect(try await store.rerunFailed(build.id).isEmpty)
            #expect(
                try await store.cancelBuilds(.init(projectID: project.id, .build(build.id), reason: "by mona")) == 2)
            #expect(try await store.build(id: build.id)?.state == .cancelled)
            #expect(try await store.rerunFailed(build.id, with: .now).map(\.config.image) == ["newer", "debian"])
            await #expect(throws: StoreError.self) {
                try await store.rerun(build.id, #require(HookID("three")), with: .now)
            }
            #expect(try await store.rerun(build.id, #require(HookID("three"))).attempt == 2)
        }
    }

    @Test("a secret that a hook has since is not given to a ref to which a push would not run it")
    func newSecret() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let hook = try #require(HookID("tests"))
            let topic = try await fixture.build(project, ref: .branch("topic"))
            let main = try await fixture.build(project, commit: "bbbb")
            for _ in 0..<2 { try await fixture.runNext() }
            var changed = try Fixture.project("a")
            changed.hooks[0].triggers = Triggers(push: .init(branches: ["main"]), pullRequest: nil)
            changed.hooks[0].secrets = ["TOKEN": "sealed"]
            try await store.applyConfig(DesiredState(projects: [changed]), revision: Fixture.revision("c2"))
            await #expect {
                try await store.rerun(topic.id, hook, with: .now)
            } throws: { error in
                guard case .conflict(let why)? = error as? StoreError else { return false }
                return why.contains("TOKEN") && why.contains("topic")
            }
            #expect(try await store.rerun(topic.id, hook).config.secrets.isEmpty)
            #expect(try await store.rerun(main.id, hook, with: .now).config.secrets == ["TOKEN": "sealed"])
        }
    }

    @Test("a due time makes one build, however often it is taken, also after the store was opened again")
    func due() async throws {
        try await Fixture.withFolder { folder in
            let hook = try #require(HookID("tests"))
            func record(_ project: ProjectRecord, cron: String = "0 4 * * *", at time: Int64) -> ScheduleRecord {
                ScheduleRecord(projectID: project.id, hook: hook, cron: cron, lastDueAt: Date(milliseconds: time))
            }
            for life in 0..<2 {
                let store = try await Store.open(dataDirectory: folder)
                let fixture = Fixture(folder: folder, store: store)
                let project = try await fixture.declare(["a"])[0]
                let known = try await store.saveSchedules([record(project, at: 1_000)])
                #expect(known.map(\.lastDueAt.milliseconds) == [life == 0 ? 1_000 : 5_000])
                var new = try Fixture.newBuild(project)
                new.event.kind = .schedule
                new.runsAgain = true
                let due = Date(milliseconds: 5_000)
                #expect(try await store.takeDue(known, at: due, build: new)?.number == (life == 0 ? 1 : nil))
                #expect(try await store.takeDue(known, at: due, build: new) == nil)
                if life == 1 {
                    let build = try #require(try await store.latestBuild(project.id))
                    try await store.takeDue(known, at: Date(milliseconds: 6_000), build: new)
                    #expect(try await store.attempts(build.id, hook).count == 1, "the last run has not ended")
                    try await fixture.runNext()
                    try await store.takeDue(known, at: Date(milliseconds: 7_000), build: new)
                    #expect(try await store.attempts(build.id, hook).map(\.state) == [.success, .queued])
                    let changed = try await store.saveSchedules([record(project, cron: "1 4 * * *", at: 9_000)])
                    #expect(changed.map(\.lastDueAt.milliseconds) == [9_000], "another schedule begins now")
                    #expect(try await store.takeDue(known, at: Date(milliseconds: 8_000), build: new) == nil)
                }
                await store.close()
            }
        }
    }
}
