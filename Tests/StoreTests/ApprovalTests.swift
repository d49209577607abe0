import Model
import Testing

@testable import Store

@Suite("Builds that wait for an approval")
struct ApprovalTests {
    private func held(
        _ fixture: Fixture, _ project: ProjectRecord, _ commit: String, _ change: (inout NewBuild) -> Void = { _ in }
    )
        async throws -> BuildRecord
    {
        var build = try Fixture.newBuild(project, commit: commit, ref: .pullRequest(7), mode: .both)
        build.trusted = false
        change(&build)
        return try #require(try await fixture.store.createBuild(build))
    }

    @Test("no job of it gets a slot until somebody approves that very commit")
    func approve() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let first = try await held(fixture, project, "f1")
            #expect(first.awaitsApproval)
            #expect(try await fixture.store.claimNextJob() == nil)
            let jobs = try await fixture.store.jobs(first.id)
            let places = try await fixture.store.queuePlaces(jobs.map(\.id)).values
            #expect(places.count == jobs.count)
            #expect(places.allSatisfy { $0.needsApproval && $0.position == nil && $0.fullGroup == nil })
            let words = "Build #1 waits for an approval, because it comes from a fork"
            for status in try await fixture.store.statuses(project.id, commit: "f1") {
                #expect(status.wanted.description == words && status.wanted.state == .pending)
            }

            let approved = try await fixture.store.approve(first.id, by: "mona")
            #expect(!approved.awaitsApproval && approved.approvedBy == "mona" && !approved.trusted)
            #expect(try await fixture.status(project, commit: "f1").wanted.description == "Build #1 is queued")
            let place = try await fixture.store.queuePlaces([jobs[0].id])[jobs[0].id]
            #expect(place?.position == 1 && place?.needsApproval == false)
            #expect(try await fixture.store.claimNextJob()?.build.id == first.id)
            await #expect(throws: StoreError.self) { try await fixture.store.approve(first.id, by: "mona") }

            // The next commit of the same pull request is another one.
            let second = try await held(fixture, project, "f2")
            #expect(second.awaitsApproval)
            #expect(try await fixture.store.claimNextJob() == nil)
            #expect(
                try await fixture.store.cancelBuilds(
                    BuildCancellation(projectID: project.id, .build(second.id), reason: "closed")) == 1)
            await #expect(throws: StoreError.self) { try await fixture.store.approve(second.id, by: "mona") }

            // What people know a build by is its number in its project, not its row.
            let other = try await fixture.declare(["b"], commit: "c2")[0]
            let third = try await fixture.build(other)
            #expect(third.id != Int64(third.number))
            await #expect(throws: StoreError.conflict("build #1 does not wait for an approval")) {
                try await fixture.store.approve(third.id, by: "mona")
            }
        }
    }

    @Test("a stranger's job that waits ends nobody's job of its concurrency group")
    func groups() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            func grouped(_ build: inout NewBuild) {
                build.hooks = build.hooks.map { hook in
                    var hook = hook
                    hook.concurrency = Hook.Concurrency(group: "deploy", onNew: .cancel)
                    return hook
                }
            }
            var own = try Fixture.newBuild(project, commit: "a1")
            grouped(&own)
            try await fixture.store.createBuild(own)
            let running = try #require(try await fixture.store.claimNextJob()).job
            let build = try await held(fixture, project, "f1") { grouped(&$0) }
            #expect(try await fixture.store.job(running.id)?.cancelReason == nil)
            // The group is full, and yet it is not what the job waits for.
            let job = try #require(try await fixture.store.jobs(build.id).first)
            let place = try await fixture.store.queuePlaces([job.id])[job.id]
            #expect(place?.needsApproval == true && place?.fullGroup == nil)
        }
    }

    @Test("nor does it when its pull request is opened again, or when somebody runs it again")
    func wantedAgain() async throws {
        try await Fixture.with { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            func change(_ build: inout NewBuild, at time: Int64) {
                build.hooks[0].concurrency = Hook.Concurrency(group: "deploy", onNew: .cancel)
                build.event.happenedAt = time
                if !build.trusted { (build.event.kind, build.event.pullRequest) = (.pullRequest, 7) }
            }
            var own = try Fixture.newBuild(project, commit: "a1")
            change(&own, at: 100)
            try await store.createBuild(own)
            let running = try #require(try await store.claimNextJob()).job
            let build = try await held(fixture, project, "f1") { change(&$0, at: 200) }
            let closed = BuildCancellation(
                projectID: project.id, .pullRequest(7), happenedAt: 300, reason: "pull request #7 was closed")
            #expect(try await store.cancelBuilds(closed) == 1)
            let again = try await held(fixture, project, "f1") { change(&$0, at: 400) }
            #expect(again.id == build.id && again.awaitsApproval)
            #expect(try await store.job(running.id)?.cancelReason == nil)

            try await store.cancelBuilds(BuildCancellation(projectID: project.id, .build(build.id), reason: "by mona"))
            #expect(try await store.rerunFailed(build.id).map(\.attempt) == [3])
            #expect(try await store.build(id: build.id)?.awaitsApproval == true)
            #expect(try await store.job(running.id)?.cancelReason == nil)
        }
    }

    /// A build of `lint`, which runs at once, and of `tests`, which waits.
    private func mixed(_ fixture: Fixture, _ project: ProjectRecord) async throws -> BuildRecord {
        try await held(fixture, project, "f1") { $0.hooks[0].settings.forkPullRequests = .always }
    }

    @Test("what waits is the job whose hook asks for it: the queue, the status and later attempts say so")
    func oneOfTwo() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["lint", "tests"])[0]
            let build = try await mixed(fixture, project)
            #expect(build.awaitsApproval)
            let (lint, tests) = (try await store.jobs(build.id)[0], try await store.jobs(build.id)[1])
            let places = try await store.queuePlaces([lint.id, tests.id])
            #expect(places[lint.id]?.position == 1 && places[lint.id]?.needsApproval == false)
            #expect(places[tests.id]?.position == nil && places[tests.id]?.needsApproval == true)
            func says(_ context: String) async throws -> String {
                try await fixture.status(project, context, commit: "f1").wanted.description
            }
            let waits = "Build #1 waits for an approval, because it comes from a fork"
            #expect(try await says("Kozmic CI") == "Build #1 is queued")
            #expect(try await says("Kozmic CI / lint") == "Build #1 is queued")
            #expect(try await says("Kozmic CI / tests") == waits)
            #expect(try await fixture.runNext().id == lint.id)
            #expect(
                try await says("Kozmic CI") == "Build #1 waits for an approval of tests, because it comes from a fork")

            // Nobody gets past the rule by asking again.
            #expect(try await store.claimNextJob() == nil)
            try await store.requestCancel(tests.id, reason: "by mona")
            #expect(try await store.build(id: build.id)?.awaitsApproval == false)
            await #expect(throws: StoreError.self) { try await store.approve(build.id, by: "mona") }
            try await store.rerun(build.id, tests.hook)
            #expect(try await store.build(id: build.id)?.awaitsApproval == true)
            #expect(try await says("Kozmic CI / tests") == waits)
            #expect(try await store.claimNextJob() == nil)

            try await store.approve(build.id, by: "mona")
            #expect(try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1)).hook == tests.hook)
            try await store.rerun(build.id, tests.hook)
            #expect(try await store.build(id: build.id)?.awaitsApproval == false)
            #expect(try await fixture.runNext().attempt == 3, "the commit is approved")
            #expect(try await store.build(id: build.id)?.state == .success)
        }
    }

    @Test("an attempt with today's configuration goes by today's rule")
    func rerunNow() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["lint", "tests"])[0]
            let build = try await mixed(fixture, project)
            let lint = try await fixture.runNext()
            // Declared with `approve`, as everything that says nothing.
            try await store.rerun(build.id, lint.hook, with: .now)
            #expect(try await store.claimNextJob() == nil)
            #expect(try await store.queuePlaces(store.jobs(build.id).map(\.id)).values.allSatisfy(\.needsApproval))
            try await store.cancelBuilds(
                BuildCancellation(projectID: project.id, .build(build.id), reason: "by mona"))

            var declared = project.config
            for index in declared.hooks.indices { declared.hooks[index].settings.forkPullRequests = .never }
            try await store.applyConfig(DesiredState(projects: [declared]), revision: Fixture.revision("c2"))
            await #expect(throws: StoreError.self) { try await store.rerun(build.id, lint.hook, with: .now) }
            await #expect(throws: StoreError.self) { try await store.rerunFailed(build.id, with: .now) }
            #expect(try await store.build(id: build.id)?.state == .cancelled)
        }
    }
}
