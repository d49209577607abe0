import Foundation
import Model
import Testing

@testable import Store

@Suite("The jobs that failed like another one")
struct SimilarFailureTests {
    private static let failure = JobOutcome(state: .failure, exitCode: 1)
    private static let form = Array("0123456789abcdef".utf8)

    /// A build of one hook that fails so.
    @discardableResult
    private func fail(
        _ fixture: Fixture, _ project: ProjectRecord, _ commit: String, ref: GitRef = .branch("main"),
        _ form: [UInt8]? = form, outcome: JobOutcome = failure, hooks: [String]? = nil
    ) async throws -> JobRecord {
        try await fixture.build(project, commit: commit, ref: ref, hooks: hooks)
        return try await finish(fixture, form, outcome)
    }

    private func finish(
        _ fixture: Fixture, _ form: [UInt8]?, _ outcome: JobOutcome = failure
    ) async throws -> JobRecord {
        let job = try #require(try await fixture.store.claimNextJob()).job
        #expect(try await fixture.store.finishJob(job.id, outcome, failureForm: form))
        return job
    }

    @Test("those of the same project that ended the same way are found, the newest first, and since when")
    func found() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let projects = try await fixture.declare(["a", "b"])
            let start = clock.now
            var jobs: [JobRecord] = []
            for number in 1...7 {
                jobs.append(try await fail(fixture, projects[0], "c\(number)", ref: .branch("topic-\(number)")))
                clock.advance(60)
            }
            try await fail(fixture, projects[0], "c8", Array("another form, too".utf8))
            try await fail(fixture, projects[1], "d1")
            let found = try #require(try await fixture.store.similarFailures(jobs[6].id))
            #expect(found.count == 6 && !found.hasMore && found.isLong)
            #expect(found.latest.map(\.build) == [6, 5, 4, 3, 2])
            #expect(found.latest.first?.ref == .branch("topic-6") && found.latest.first?.attempt == 1)
            #expect(found.firstAt == start && found.latest.last?.endedAt == start + 60)
            #expect(found.onDefaultBranch == nil && found.hint == nil)
            #expect(found.opening == "The logs of 6 other jobs ended like this")
            // One that failed later is another one as well.
            let first = try #require(try await fixture.store.similarFailures(jobs[0].id))
            #expect(first.count == 6 && first.latest.map(\.build) == [7, 6, 5, 4, 3])
        }
    }

    @Test("jobs that passed, were cancelled, or of which nothing is known have no such others, and are none")
    func others() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let job = try await fail(fixture, project, "c1")
            for (commit, outcome) in [
                ("c2", JobOutcome.success), ("c3", JobOutcome(state: .cancelled, reason: "no")),
                ("c4", JobOutcome(state: .error, reason: "no engine")),
            ] {
                let other = try await fail(fixture, project, commit, outcome: outcome)
                #expect(try await fixture.store.similarFailures(other.id) == nil, "\(commit)")
            }
            let silent = try await fail(fixture, project, "c5", nil)
            #expect(try await fixture.store.similarFailures(silent.id) == nil)
            #expect(try await fixture.store.similarFailures(99) == nil)
            let found = try #require(try await fixture.store.similarFailures(job.id))
            #expect(found.count == 0 && found.latest.isEmpty && found.firstAt == nil && !found.isLong)
            // Who comes second changes nothing.
            let twice = try await fixture.store.finishJob(silent.id, Self.failure, failureForm: Self.form)
            #expect(!twice)
            #expect(try await fixture.store.similarFailures(silent.id) == nil)
        }
    }

    @Test("jobs of the same commit do not count; of another job's attempts the last one that ended so does")
    func attempts() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["lint", "tests"])[0]
            let lint = try await fail(fixture, project, "c1")
            let tests = try await finish(fixture, Self.form)
            _ = try await fixture.store.rerun(tests.buildID, tests.hook)
            let again = try await finish(fixture, Self.form)
            try await fail(fixture, project, "c1", ref: .branch("copy"), hooks: ["tests"])
            for job in [lint, tests, again] {
                #expect(try await fixture.store.similarFailures(job.id)?.count == 0)
            }
            let later = try await fail(fixture, project, "c2", hooks: ["tests"])
            let found = try #require(try await fixture.store.similarFailures(later.id))
            #expect(found.count == 3)
            #expect(found.latest.map { $0.name(beside: later.hook) } == ["#2", "#1", "#1 lint"])
            #expect(found.latest.map(\.attempt) == [1, 2, 1])
        }
    }

    @Test("one on the default branch counts as such when its build is an earlier one")
    func defaultBranch() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let early = try await fail(fixture, project, "c1", ref: .branch("topic"))
            try await fail(fixture, project, "c2")
            try await fail(fixture, project, "c3")
            let late = try await fail(fixture, project, "c4", ref: .pullRequest(7))
            #expect(
                try await fixture.store.similarFailures(late.id)?.onDefaultBranch == nil, "nobody knows which it is")
            try await fixture.store.setGitHubFacts(project.id, githubID: 1, isPrivate: false, defaultBranch: "main")
            let found = try #require(try await fixture.store.similarFailures(late.id))
            #expect(found.onDefaultBranch?.build == 3)
            #expect(
                found.hint == "It was so on main before this build, in #3, so it may not be this change.")
            #expect(try await fixture.store.similarFailures(early.id)?.onDefaultBranch == nil)
            // A build of an old commit says nothing about when the branch was so, nor is anything before it.
            var old = try Fixture.newBuild(project, commit: "old")
            old.isOffHead = true
            _ = try await fixture.store.createBuild(old)
            let probe = try await finish(fixture, Self.form)
            #expect(try await fixture.store.similarFailures(probe.id)?.onDefaultBranch == nil)
            let next = try await fail(fixture, project, "next")
            let known = try #require(try await fixture.store.similarFailures(next.id))
            #expect(known.onDefaultBranch?.build == 3 && known.latest.first?.build == 5)
        }
    }

    @Test("a log that is deleted takes along how it ended")
    func deletion() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let jobs = [try await fail(fixture, project, "c1"), try await fail(fixture, project, "c2")]
            let writer = try await fixture.store.logs.writer(jobs[0].id)
            try await writer.append(section: 2, source: 1, Array("hunter2\n".utf8))
            try await writer.close()
            #expect(try await fixture.store.similarFailures(jobs[1].id)?.count == 1)
            try await fixture.store.deleteLog(jobs[0].id, by: "mona")
            #expect(try await fixture.store.similarFailures(jobs[1].id)?.count == 0)
            #expect(try await fixture.store.similarFailures(jobs[0].id) == nil)
            #expect(
                try await fixture.store.database.query("SELECT COUNT(*) FROM job WHERE failureForm NOTNULL") == ["1"])
        }
    }

    @Test("of very many the newest thousand are looked at, and nothing is said of the first one")
    func bounds() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let job = try await fail(fixture, project, "c1")
            _ = try await fixture.store.database.query(
                """
                WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
                INSERT INTO build (projectID, number, ref, sha, message, authorName, kind, trusted, configCommit, state,
                    createdAt, startedAt, finishedAt, statusMode, page)
                SELECT projectID, i, ref, 'c' || i, message, authorName, kind, trusted, configCommit, state, createdAt,
                    startedAt, finishedAt, statusMode, page FROM n, build WHERE build.number = 1
                """)
            _ = try await fixture.store.database.query(
                """
                INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, createdAt, startedAt, finishedAt,
                    page, failureForm)
                SELECT build.id, job.projectID, hook, title, config, attempt, job.state, job.createdAt, job.startedAt,
                    job.finishedAt, job.page, failureForm FROM job, build WHERE build.number > 1
                """)
            let found = try #require(try await fixture.store.similarFailures(job.id))
            #expect(found.count == SimilarFailures.mostCounted && found.hasMore && found.firstAt == nil)
            #expect(found.latest.map(\.build) == [1200, 1199, 1198, 1197, 1196])
        }
    }
}
