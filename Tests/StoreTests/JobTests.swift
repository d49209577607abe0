import Foundation
import Model
import Testing

@testable import Store

@Suite("Builds and jobs")
struct JobTests {
    @Test("numbers count in each project, and builds are found by ref")
    func numbers() async throws {
        try await Fixture.with { fixture in
            let projects = try await fixture.declare(["a", "b"])
            for index in 0..<3 {
                for project in projects {
                    try await fixture.build(
                        project, commit: "\(index)", ref: .branch(index == 1 ? "topic" : "main"))
                }
            }
            let store = fixture.store
            let all = try await store.builds(projects[1].id, limit: 2)
            #expect(all.map(\.number) == [3, 2])
            #expect(try await store.builds(projects[1].id, before: 2, limit: 9).map(\.number) == [1])
            #expect(try await store.builds(projects[1].id, ref: .branch("main"), limit: 9).map(\.number) == [3, 1])
            #expect(try await store.latestBuild(projects[1].id, ref: .branch("topic"))?.number == 2)
            #expect(try await store.build(projects[0].id, number: 2)?.commit == "1")
            #expect(try await store.build(projects[0].id, number: 9) == nil)
            let overview = try await store.projectOverview(recent: 2)
            #expect(overview.map(\.project.id) == projects.map(\.id))
            #expect(overview.map { $0.recent.map(\.number) } == [[3, 2], [3, 2]])
            await #expect(throws: StoreError.notFound("project 0")) {
                var build = try Fixture.newBuild(projects[0], commit: "new")
                build.projectID = 0
                try await store.createBuild(build)
            }
        }
    }

    @Test("slots go to the project that has the fewest running, then in turn, and in a project to the oldest job")
    func fairness() async throws {
        try await Fixture.with { fixture in
            let projects = try await fixture.declare(["a", "b", "c"])
            for index in 0..<4 { try await fixture.build(projects[0], commit: "\(index)") }
            for project in projects.dropFirst() {
                for index in 0..<2 { try await fixture.build(project, commit: "\(index)") }
            }
            var order: [String] = []
            while let claimed = try await fixture.store.claimNextJob() {
                #expect(claimed.job.state == .running)
                #expect(claimed.build.state == .running)
                order.append("\(claimed.project.repository.name)\(claimed.build.commit)")
            }
            #expect(order == ["a0", "b0", "c0", "a1", "b1", "c1", "a2", "a3"])
            #expect(try await fixture.store.runningJobs().count == 8)
        }
    }

    @Test("a build's state and times follow its jobs")
    func derivedState() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            let start = clock.now
            let id = try await fixture.build(project).id
            clock.advance(1)
            let first = try #require(try await store.claimNextJob())
            #expect(first.build.startedAt == start + 1)
            try await store.recordProgress(first.job.id, phase: .installing, baseImageID: "sha256:1")
            try await store.recordProgress(first.job.id, phase: .building, cacheKey: "k", reused: true)
            clock.advance(10)
            #expect(
                try await store.finishJob(
                    first.job.id, JobOutcome(state: .failure, exitCode: 2, reason: "exit code 2")))
            #expect(try await store.build(id: id)?.state == .running)
            let second = try #require(try await store.claimNextJob())
            clock.advance(30)
            try await store.finishJob(second.job.id, .success)
            let build = try #require(try await store.build(id: id))
            #expect(build.state == .failure)
            #expect(build.startedAt == start + 1)
            #expect(build.finishedAt == start + 41)

            let job = try #require(try await store.job(first.job.id))
            #expect(job.outcome == JobOutcome(state: .failure, exitCode: 2, reason: "exit code 2"))
            #expect(job.phase == .building)
            #expect(job.baseImageID == "sha256:1")
            #expect(job.cacheReused == true)
            #expect(try await !store.finishJob(first.job.id, .success), "it has ended already")
            #expect(try await store.build(id: id)?.state == .failure)
            await #expect(throws: StoreError.self) { try await store.finishJob(99, .success) }
            await #expect(throws: StoreError.self) {
                try await store.finishJob(first.job.id, JobOutcome(state: .running))
            }
        }
    }

    @Test("a job whose end was found only later ended when it did, but not before its start and not in the future")
    func foundLater() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            let build = try await fixture.build(project)
            let (start, hook) = (clock.now, try #require(HookID("one")))
            for _ in 0..<2 { _ = try await store.claimNextJob() }
            clock.advance(26)
            for (job, end) in zip(try await store.jobs(build.id), [start + 8, .distantPast]) {
                try await store.finishJob(job.id, JobOutcome(state: .success, exitCode: 0, endedAt: end))
            }
            #expect(try await store.jobs(build.id).map(\.finishedAt) == [start + 8, start])
            #expect(try await store.build(id: build.id)?.finishedAt == start + 8)
            #expect(try await fixture.status(project).wanted.description == "Build #1 passed in 8 s")
            #expect(try await store.usualSeconds(project.id, hook, beforeBuild: 2) == 8)

            let again = try await store.rerun(build.id, hook)
            _ = try await store.claimNextJob()
            clock.advance(5)
            try await store.finishJob(again.id, JobOutcome(state: .success, exitCode: 0, endedAt: .distantFuture))
            #expect(try await store.job(again.id)?.finishedAt == clock.now)
            #expect(try await store.build(id: build.id)?.finishedAt == clock.now)
        }
    }

    @Test("a rerun is a new attempt, and the build's times are then those of the rerun")
    func rerun() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            let build = try await fixture.build(project)
            let hook = try #require(HookID("one"))
            try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
            try await fixture.runNext()
            clock.advance(86_400)
            let again = try await store.rerun(build.id, hook)
            #expect(again.attempt == 2)
            #expect(again.config == project.config.hook(hook))
            await #expect(throws: StoreError.conflict("attempt 2 of one has not ended")) {
                try await store.rerun(build.id, hook)
            }
            await #expect(throws: StoreError.self) { try await store.rerun(build.id, #require(HookID("other"))) }
            let waiting = try #require(try await store.build(id: build.id))
            #expect(waiting.finishedAt == nil)
            let claimed = try #require(try await store.claimNextJob())
            #expect(claimed.job.id == again.id)
            clock.advance(7)
            try await store.finishJob(again.id, .success)
            let ended = try #require(try await store.build(id: build.id))
            #expect(ended.state == .success)
            #expect(ended.startedAt == clock.now - 7)
            #expect(try await fixture.status(project).wanted.description == "Build #1 passed in 7 s")
            #expect(try await store.attempts(build.id, hook).map(\.state) == [.failure, .success])
            #expect(try await store.jobs(build.id).map(\.attempt) == [2, 1])
        }
    }

    @Test("a queued job is cancelled at once, a running one is asked to end, and the first reason stands")
    func cancel() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            let build = try await fixture.build(project)
            let running = try #require(try await store.claimNextJob()).job
            let queued = try #require(try await store.jobs(build.id).first { $0.state == .queued })
            #expect(try await store.requestCancel(queued.id, reason: "by mona"))
            let cancelled = try #require(try await store.job(queued.id))
            #expect(cancelled.state == .cancelled)
            #expect(cancelled.reason == "by mona")
            #expect(try await store.claimNextJob() == nil)

            #expect(try await store.requestCancel(running.id, reason: "newer commit"))
            #expect(try await store.requestCancel(running.id, reason: "again"))
            #expect(try await store.job(running.id)?.cancelReason == "newer commit")
            #expect(try await store.job(running.id)?.state == .running)
            try await store.finishJob(running.id, JobOutcome(state: .cancelled, reason: "newer commit"))
            #expect(try await store.build(id: build.id)?.state == .cancelled)
            #expect(try await !store.requestCancel(running.id, reason: "late"))
        }
    }

    @Test("changes are told after the commit, and many are heard as one")
    func signals() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            var builds = store.changes.subscribe([.builds]).makeAsyncIterator()
            let build = try await fixture.build(project)
            await builds.next()
            let jobID = try #require(try await store.jobs(build.id).first).id
            var job = store.changes.subscribe([.job(jobID)]).makeAsyncIterator()
            var statuses: AsyncStream<Void>? = store.changes.subscribe([.statuses, .config])
            #expect(store.changes.subscriberCount == 3)
            _ = try await store.claimNextJob()
            try await store.finishJob(jobID, .success)
            await job.next()
            #expect(try await store.job(jobID)?.state == .success)
            var count = 0
            if let stream = statuses {
                for await _ in stream {
                    count += 1
                    break
                }
            }
            #expect(count == 1)
            statuses = nil
            #expect(store.changes.subscriberCount == 2, "a dropped stream is forgotten")
            await store.close()
            await builds.next()
            #expect(await builds.next() == nil, "closing ends the streams")
            #expect(await store.changes.subscribe([.builds]).first { true } == nil)
        }
    }
}
