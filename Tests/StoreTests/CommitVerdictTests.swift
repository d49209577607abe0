import Foundation
import Model
import Testing

@testable import Store

@Suite("The status of a commit that is built on several refs")
struct CommitVerdictTests {
    private static let failure = JobOutcome(state: .failure, exitCode: 1, reason: "exit code 1")

    private func held(_ fixture: Fixture, _ project: ProjectRecord, commit: String) async throws -> BuildRecord {
        var new = try Fixture.newBuild(project, commit: commit, ref: .pullRequest(7))
        new.trusted = false
        return try #require(try await fixture.store.createBuild(new))
    }

    @Test("a failure is not hidden by another ref with less to do, and a rerun of the older build counts")
    func failed() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["tests", "trivial"])[0]
            let first = try await fixture.build(project, ref: .pullRequest(1), hooks: ["tests"])
            try await fixture.runNext(Self.failure)
            try await fixture.build(project, ref: .pullRequest(2), hooks: ["trivial"])
            #expect(try await fixture.status(project).wanted.description == "Build #2 is queued")
            try await fixture.runNext()
            let failed = try await fixture.status(project).wanted
            #expect(failed.state == .failure && failed.description == "Build #1 failed: tests")
            #expect(failed.targetURL == "http://ci/o/a/builds/1")

            try await store.rerunFailed(first.id)
            #expect(try await fixture.status(project).wanted.description == "Build #1 is queued")
            let again = try #require(try await store.claimNextJob()).job
            #expect(try await fixture.status(project).wanted.description == "Build #1 is running")
            try await store.finishJob(again.id, .success)
            let passed = try await fixture.status(project).wanted
            #expect(passed.state == .success && passed.targetURL == "http://ci/o/a/builds/2")
        }
    }

    @Test("a job that is added to the older build of a commit is shown, and its failure stays")
    func added() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["tests", "nightly"])[0]
            try await fixture.build(project, hooks: ["tests"])
            try await fixture.build(project, ref: GitRef("refs/tags/v1"), hooks: ["tests"])
            for _ in 0..<2 { try await fixture.runNext() }
            #expect(try await fixture.status(project).wanted.targetURL == "http://ci/o/a/builds/2")
            try await fixture.build(project, hooks: ["nightly"])
            let added = try await fixture.status(project).wanted
            #expect(added.state == .pending && added.targetURL == "http://ci/o/a/builds/1")
            try await fixture.runNext(Self.failure)
            #expect(try await fixture.status(project).wanted.description == "Build #1 failed: nightly")
        }
    }

    @Test("what was cancelled or had nothing to run hides no verdict, and shows where there is none")
    func nothingToSay() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            func skip(_ commit: String) async throws {
                var new = try Fixture.newBuild(project, commit: commit, ref: .branch("docs"), hooks: [])
                new.skipped = [SkippedHook(try Fixture.hook("tests"), reason: "paths: none")]
                try await store.createBuild(new)
            }
            func cancel(_ commit: String) async throws {
                let build = try await fixture.build(project, commit: commit, ref: .branch("topic"))
                #expect(try await fixture.status(project, commit: commit).wanted.state == .pending)
                try await store.cancelBuilds(
                    BuildCancellation(projectID: project.id, .build(build.id), reason: "cancelled by mona"))
            }
            try await fixture.build(project)
            try await fixture.runNext()
            try await cancel("aaaa")
            try await skip("aaaa")
            let passed = try await fixture.status(project).wanted
            #expect(passed.state == .success && passed.targetURL == "http://ci/o/a/builds/1")

            try await cancel("bbbb")
            try await skip("bbbb")
            let cancelled = try await fixture.status(project, commit: "bbbb").wanted
            #expect(cancelled.state == .error && cancelled.description == "Build #4 was cancelled by mona")
        }
    }

    @Test("a build that waits for an approval hides nothing of ours, and what passed of a fork's own")
    func awaitsApproval() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project)
            try await fixture.runNext(Self.failure)
            let first = try await held(fixture, project, commit: "aaaa")
            #expect(try await fixture.status(project).wanted.description == "Build #1 failed: tests")
            try await store.approve(first.id, by: "mona")
            #expect(try await fixture.status(project).wanted.description == "Build #2 is queued")
            try await fixture.runNext()
            #expect(try await fixture.status(project).wanted.description == "Build #1 failed: tests")

            // A stranger gives a commit of ours away.
            try await fixture.build(project, commit: "bbbb")
            try await fixture.runNext()
            _ = try await held(fixture, project, commit: "bbbb")
            let ours = try await fixture.status(project, commit: "bbbb").wanted
            #expect(ours.state == .success && ours.targetURL == "http://ci/o/a/builds/3")

            // A stranger's second pull request, of the same commit, into a branch where less is to be run.
            var easy = try Fixture.newBuild(project, commit: "cccc", ref: .pullRequest(8))
            easy.trusted = false
            easy.hooks[0].settings.forkPullRequests = .always
            try await store.createBuild(easy)
            try await fixture.runNext()
            let second = try await held(fixture, project, commit: "cccc")
            let waits = try await fixture.status(project, commit: "cccc").wanted
            #expect(waits.state == .pending)
            #expect(waits.description == "Build #6 waits for an approval, because it comes from a fork")
            try await store.cancelBuilds(
                BuildCancellation(projectID: project.id, .build(second.id), reason: "closed"))
            let passed = try await fixture.status(project, commit: "cccc").wanted
            #expect(passed.state == .success && passed.targetURL == "http://ci/o/a/builds/5")
        }
    }

    @Test("what an event ended elsewhere does not keep a commit from being shown as one that needs nothing")
    func overtaken() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project, ref: .branch("topic"), mode: .both)
            try await store.cancelBuilds(
                BuildCancellation(
                    projectID: project.id, .ref(.branch("topic")), reason: "the branch topic was deleted"))
            #expect(try await fixture.status(project).wanted.state == .error)
            var new = try Fixture.newBuild(project, ref: .branch("docs"), hooks: [], mode: .both)
            var hook = try Fixture.hook("tests")
            hook.settings.status = .both
            new.skipped = [SkippedHook(hook, reason: "paths: none")]
            try await store.createBuild(new)
            #expect(try await fixture.status(project).wanted.state == .success)
            #expect(try await fixture.status(project, "Kozmic CI / tests").wanted.state == .success)
        }
    }

    @Test("what goes on of a build counts, and when only jobs are left that wait for an approval, no failure is hidden")
    func partlyHeld() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["lint", "tests"])[0]
            try await fixture.build(project, hooks: ["tests"], mode: .both)
            try await fixture.runNext(Self.failure)
            var new = try Fixture.newBuild(project, ref: .pullRequest(7), mode: .both)
            new.trusted = false
            new.hooks[0].settings.forkPullRequests = .always
            try await fixture.store.createBuild(new)
            #expect(try await fixture.status(project).wanted.description == "Build #2 is queued")
            #expect(try await fixture.status(project, "Kozmic CI / tests").wanted.state == .failure)
            try await fixture.runNext()
            #expect(try await fixture.status(project).wanted.description == "Build #1 failed: tests")
            #expect(try await fixture.status(project, "Kozmic CI / lint").wanted.state == .success)
        }
    }

    @Test("the status of a hook is the worst of its latest attempts in all builds of the commit")
    func jobs() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            let build = try await fixture.build(project, mode: .jobs)
            try await fixture.build(project, ref: .branch("docs"), hooks: ["one"], mode: .jobs)
            try await fixture.runNext(Self.failure)
            #expect(try await fixture.status(project, "Kozmic CI / one").wanted.description == "Build #2 is queued")
            for _ in 0..<2 { try await fixture.runNext() }
            let one = try await fixture.status(project, "Kozmic CI / one").wanted
            #expect(one.state == .failure && one.description == "Build #1 failed: exit code 1")
            #expect(one.targetURL == "http://ci/o/a/builds/1/jobs/one")
            #expect(try await fixture.status(project, "Kozmic CI / two").wanted.state == .success)

            try await fixture.store.rerunFailed(build.id)
            #expect(try await fixture.status(project, "Kozmic CI / one").wanted.description == "Build #1 is queued")
            try await fixture.runNext()
            let passed = try await fixture.status(project, "Kozmic CI / one").wanted
            #expect(passed.state == .success && passed.targetURL == "http://ci/o/a/builds/2/jobs/one")
        }
    }

    @Test("a job's end costs no more questions on many refs than on two, and none that reads a table")
    func bounded() async throws {
        let statements = Recorder()
        try await Fixture.with(trace: { statements.add($0) }) { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            func build(_ refs: Range<Int>) async throws {
                for ref in refs { try await fixture.build(project, ref: .branch("b\(ref)"), mode: .both) }
            }
            func end() async throws -> [String] {
                let job = try #require(try await store.claimNextJob()).job
                statements.start()
                try await store.finishJob(job.id, .success)
                return statements.stop()
            }
            try await build(0..<2)
            let few = try await end()
            try await build(2..<40)
            let many = try await end()
            #expect(few.count == many.count)
            let questions = many.filter { $0.hasPrefix("SELECT") && $0.contains("build_of_commit") }
            #expect(questions.count == 2)
            for sql in questions {
                for step in try await store.database.query("EXPLAIN QUERY PLAN \(sql)") {
                    #expect(!step.contains("SCAN"), "\(step) in \(sql)")
                }
            }
        }
    }
}
