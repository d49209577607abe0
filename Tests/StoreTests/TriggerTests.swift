import Foundation
import Model
import Testing

@testable import Store

@Suite("Skipped, superseded and cancelled")
struct TriggerTests {
    private func skipping(_ build: NewBuild, _ hook: String, reason: String = "paths: none") throws -> NewBuild {
        var build = build
        let position = try #require(build.hooks.firstIndex { $0.id.description == hook })
        build.skipped = [SkippedHook(build.hooks.remove(at: position), reason: reason)]
        return build
    }

    private func pullRequest(
        _ number: Int, _ project: ProjectRecord, _ commit: String, branch: String = "topic", kind: TriggerEvent.Kind
    ) throws -> NewBuild {
        var build = try Fixture.newBuild(project, commit: commit, ref: .branch(branch))
        build.event.kind = kind
        build.event.pullRequest = kind == .pullRequest ? number : nil
        return build
    }

    @Test("a hook that need not run has a job that says so, and a required check passes")
    func skipped() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            let new = try skipping(Fixture.newBuild(project, mode: .both), "docs")
            let build = try #require(try await store.createBuild(new))
            #expect(build.state == .queued)
            let jobs = try await store.jobs(build.id)
            #expect(jobs.map(\.state) == [.skipped, .queued])
            #expect(jobs[0].reason == "paths: none" && jobs[0].finishedAt != nil && jobs[0].startedAt == nil)
            let status = try await fixture.status(project, "Kozmic CI / docs").wanted
            #expect(status.state == .success && status.description == "Skipped: paths: none")
            try await store.createBuild(new)
            #expect(try await store.attempts(build.id, jobs[0].hook).count == 1)
            try await fixture.runNext()
            #expect(try await fixture.status(project).wanted.description == "Build #1 passed in 0 s")
        }
    }

    @Test("a build of skipped jobs only passes at once, and another event may still want one of them to run")
    func allSkipped() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            var all = try Fixture.newBuild(project, commit: "all", hooks: [])
            all.skipped = try ["fast", "slow"].map { SkippedHook(try Fixture.hook($0), reason: "the message says so") }
            try await store.createBuild(all)
            #expect(
                try await fixture.status(project, commit: "all").wanted.description
                    == "Skipped: fast, slow: the message says so")
            let new = try Fixture.newBuild(project)
            let build = try #require(try await store.createBuild(skipping(new, "tests")))
            #expect(build.state == .success && build.finishedAt != nil)
            let status = try await fixture.status(project).wanted
            #expect(status.state == .success && status.description == "Skipped: tests: paths: none")
            #expect(try await store.claimNextJob() == nil)

            #expect(try await store.createBuild(new)?.state == .queued)
            #expect(try await fixture.status(project).wanted.state == .pending)
            let job = try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
            #expect(job.attempt == 1)
            let again = try await store.createBuild(skipping(new, "tests"))
            #expect(again?.state == .failure, "what ran is not taken back")
        }
    }

    @Test("a pull request's newer commit ends the builds of its older ones, also when the push came first")
    func superseded() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            try await store.setGitHubFacts(project.id, githubID: 1, isPrivate: false, defaultBranch: "main")
            try await store.createBuild(pullRequest(5, project, "m1", branch: "main", kind: .pullRequest))
            for kind in [TriggerEvent.Kind.push, .pullRequest] {
                try await store.createBuild(pullRequest(5, project, "c1", kind: kind))
            }
            try await store.createBuild(pullRequest(6, project, "other", branch: "other", kind: .pullRequest))
            for _ in 0..<2 { _ = try await store.claimNextJob() }
            let running = try #require(try await store.claimNextJob()).job

            try await store.createBuild(pullRequest(5, project, "c2", kind: .push))
            #expect(try await store.job(running.id)?.cancelReason == nil, "a push alone ends nothing")
            try await store.createBuild(pullRequest(5, project, "c2", kind: .pullRequest))
            #expect(try await store.job(running.id)?.cancelReason == "superseded by build #4")
            try await store.finishJob(running.id, JobOutcome(state: .cancelled, reason: "superseded by build #4"))
            let builds = try await store.builds(project.id, limit: 9)
            #expect(builds.map(\.number) == [4, 3, 2, 1])
            #expect(builds.map(\.state) == [.queued, .queued, .cancelled, .running])
            #expect(try await store.jobs(builds[2].id).allSatisfy { $0.reason == "superseded by build #4" })
            let status = try await fixture.status(project, commit: "c1").wanted
            #expect(status.description == "Build #2 was cancelled: superseded by build #4")
            #expect(status.targetURL == "http://ci/o/a/builds/4", "the verdict that people wait for is there")
            #expect(try await store.jobs(builds[2].id).map(\.successor) == [4, 4])
            #expect(try await builds[2].successor(store.jobs(builds[2].id)) == 4)

            let ended = try await store.cancelBuilds(
                BuildCancellation(projectID: project.id, .pullRequest(5), reason: "pull request #5 was closed"))
            #expect(ended == 2, "what is on the default branch goes on")
            #expect(try await store.build(project.id, number: 1)?.state == .running)
        }
    }

    @Test("the statuses of jobs lead to the successor's job of that hook, and a rerun's to its own again")
    func successorOfJobs() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            for (commit, hooks) in [("c1", ["one", "two"]), ("c2", ["one"])] {
                var build = try pullRequest(5, project, commit, kind: .pullRequest)
                build.hooks = try hooks.map { try Fixture.hook($0) }
                for index in build.hooks.indices { build.hooks[index].settings.status = .both }
                try await store.createBuild(build)
            }
            let page = "http://ci/o/a/builds"
            for (context, target) in [("", "/2"), (" / one", "/2/jobs/one"), (" / two", "/2")] {
                let status = try await fixture.status(project, "Kozmic CI\(context)", commit: "c1").wanted
                #expect(status.targetURL == page + target, "\(context)")
            }
            let first = try #require(try await store.build(project.id, number: 1))
            let again = try await store.rerun(first.id, #require(HookID("one")))
            #expect(again.successor == nil)
            #expect(
                try await fixture.status(project, "Kozmic CI / one", commit: "c1").wanted.targetURL
                    == "\(page)/1/jobs/one")
            #expect(try await fixture.status(project, commit: "c1").wanted.targetURL == "\(page)/1")
        }
    }

    @Test("a job that ended by itself before it could be stopped has no successor")
    func endedBefore() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await store.createBuild(pullRequest(5, project, "c1", kind: .pullRequest))
            let running = try #require(try await store.claimNextJob()).job
            try await store.createBuild(pullRequest(5, project, "c2", kind: .pullRequest))
            #expect(try await store.job(running.id)?.successor == 2)
            try await store.finishJob(running.id, .success)
            #expect(try await store.job(running.id)?.successor == nil)
            #expect(try await fixture.status(project, commit: "c1").wanted.targetURL == "http://ci/o/a/builds/1")
        }
    }

    private func close(_ number: Int, _ project: ProjectRecord, in fixture: Fixture) async throws -> String? {
        _ = try await fixture.store.inbox.store(Fixture.delivery("close-\(number)"))
        let delivery = try #require(try await fixture.store.deliveries(limit: 1).first)
        let reason = "pull request #\(number) was closed"
        try await fixture.store.finishDelivery(
            delivery.id, decision: reason,
            cancels: BuildCancellation(projectID: project.id, .pullRequest(number), reason: reason))
        return try await fixture.store.deliveries(limit: 1).first?.decision
    }

    @Test("a build goes on while another pull request of the branch is open, and is that one's then")
    func sharedHead() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            for number in [5, 6] {
                try await store.createBuild(pullRequest(number, project, "c1", kind: .pullRequest))
            }
            let first = try await close(5, project, in: fixture)
            #expect(first == "pull request #5 was closed; build #1 goes on for pull request #6")
            let build = try #require(try await store.build(project.id, number: 1))
            #expect(build.state == .queued && build.pullRequest == 6)
            // A newer commit supersedes it as if it had been that one's from the beginning.
            try await store.createBuild(pullRequest(6, project, "c2", kind: .pullRequest))
            #expect(try await store.build(project.id, number: 1)?.state == .cancelled)
            #expect(try await close(6, project, in: fixture) == "pull request #6 was closed; 1 job cancelled")
            #expect(try await store.build(project.id, number: 2)?.state == .cancelled)
        }
    }

    @Test("what a push to a named branch wants outlives a pull request from it", arguments: [true, false])
    func namedBranch(pushFirst: Bool) async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            var release = try Fixture.hook("release")
            release.triggers.push = .init(branches: ["main", "release/*"])
            let hooks = [release, try Fixture.hook("tests")]
            for isPush in [pushFirst, !pushFirst] {
                var build = try pullRequest(
                    5, project, "c1", branch: "release/1", kind: isPush ? .push : .pullRequest)
                build.hooks = hooks
                try await store.createBuild(build)
            }
            let decision = try await close(5, project, in: fixture)
            #expect(
                decision == "pull request #5 was closed; 1 job cancelled; "
                    + "build #1 goes on with release for the push to release/1")
            let build = try #require(try await store.build(project.id, number: 1))
            #expect(try await store.jobs(build.id).map(\.state) == [.queued, .cancelled])
        }
    }

    @Test(
        "what a push to a named branch wants outlives the pull request's next commit",
        arguments: [["c1", "c2"], ["c2", "c1"]])
    func namedBranchGoesOn(commits: [String]) async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            var release = try Fixture.hook("release")
            release.triggers.push = .init(branches: ["main", "release/*"])
            // The later commit may come in first.
            for commit in commits {
                for kind in [TriggerEvent.Kind.push, .pullRequest] {
                    var build = try pullRequest(5, project, commit, branch: "release/1", kind: kind)
                    build.event.happenedAt = commit == "c1" ? 100 : 200
                    build.hooks = [release, try Fixture.hook("tests")]
                    try await store.createBuild(build)
                }
            }
            let builds = try await store.builds(project.id, limit: 9)
            let old = try #require(builds.first { $0.commit == "c1" })
            let new = try #require(builds.first { $0.commit == "c2" })
            #expect(try await store.jobs(old.id).map(\.state) == [.queued, .cancelled])
            #expect(try await store.jobs(old.id).map(\.successor) == [nil, new.number])
            #expect(try await store.jobs(new.id).map(\.state) == [.queued, .queued])
            #expect(try await fixture.status(project, commit: "c1").wanted.state == .pending)
        }
    }

    @Test("a deleted branch ends its jobs, and the delivery says how many")
    func deleted() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project, commit: "x", ref: .branch("topic"))
            try await fixture.build(project, commit: "y", ref: .branch("topic"))
            try await fixture.build(project, commit: "y")
            _ = try await store.inbox.store(Fixture.delivery("g"))
            let id = try #require(try await store.pendingDeliveries(limit: 1).first).delivery.id
            try await store.finishDelivery(
                id, decision: "the branch topic was deleted",
                cancels: BuildCancellation(projectID: project.id, .ref(.branch("topic")), reason: "gone"),
                ref: .branch("topic"))
            let delivery = try #require(try await store.deliveries(limit: 1).first)
            #expect(delivery.decision == "the branch topic was deleted; 2 jobs cancelled")
            #expect(try await store.builds(project.id, limit: 9).map(\.state) == [.queued, .cancelled, .cancelled])
        }
    }

    @Test("a delivery that is put off says why, and its repository waits while others go on")
    func postponed() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            for name in ["a", "b", "A"] {
                _ = try await store.inbox.store(Fixture.delivery("\(name)", repository: name))
            }
            #expect(try await store.waitingRepositories().map(\.repository.name) == ["a", "b"])
            let first = try #require(try await store.pendingDeliveries(limit: 1).first).delivery
            let until = Date(milliseconds: 2_000_000_000_000)
            try await store.postponeDelivery(first.id, problem: "GitHub does not answer", until: until)
            try await store.postponeDelivery(first.id, problem: "it still does not", until: until)
            let waiting = try await store.waitingRepositories()
            #expect(waiting.map(\.nextTryAt) == [until, Date(milliseconds: 0)])
            let pending = try await store.pendingDeliveries(Fixture.repository("a"), limit: 9).map(\.delivery)
            #expect(pending.map(\.failures) == [2, 0])
            #expect(pending[0].state == .received && pending[0].decision == "it still does not")
            try await store.finishDelivery(first.id, decision: "done at last")
            #expect(try await store.deliveries(limit: 9).last?.decision == "done at last")
            #expect(try await store.waitingRepositories().map(\.repository.name) == ["b", "A"])
        }
    }
}
