import Foundation
import Model
import Testing

@testable import Store

@Suite("The jobs that passed before another one")
struct PassedJobTests {
    private static let failed = JobOutcome(state: .failure, exitCode: 1)

    @Test(
        "the newest comes first; other refs, later builds, other states and verdicts that were taken over do not come")
    func order() async throws {
        try await Fixture.with { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            func run(_ commit: String, _ outcome: JobOutcome, ref: GitRef = .branch("main")) async throws -> JobRecord {
                try await fixture.build(project, commit: commit, ref: ref)
                return try await fixture.runNext(outcome)
            }
            _ = try await run("c1", .success)
            _ = try await run("c2", Self.failed)
            _ = try await run("c3", .success)
            _ = try await run("c4", JobOutcome(state: .success, reason: ReusedVerdict(build: 3).reason))
            _ = try await run("c5", .success, ref: .branch("topic"))
            let red = try await run("c6", Self.failed)
            _ = try await run("c7", .success)
            func numbers(_ ref: GitRef, limit: Int = 9) async throws -> [Int] {
                try await store.passedJobs(project.id, ref: ref, before: red, ofBuild: 6, limit: limit)
                    .map(\.build.number)
            }
            #expect(try await numbers(.branch("main")) == [3, 1])
            #expect(try await numbers(.branch("main"), limit: 1) == [3])
            #expect(try await numbers(.branch("topic")) == [5])
            #expect(try await numbers(.branch("other")) == [])
        }
    }

    @Test("an earlier attempt of the same build counts, a later one does not, nor do builds of old commits")
    func attempts() async throws {
        try await Fixture.with { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            let hook = try #require(HookID("tests"))
            var old = try Fixture.newBuild(project, commit: "c0")
            old.isOffHead = true
            _ = try await store.createBuild(old)
            try await fixture.runNext()
            let build = try await fixture.build(project, commit: "c1")
            var jobs = [try await fixture.runNext()]
            for outcome in [Self.failed, .success] {
                _ = try await store.rerun(build.id, hook)
                jobs.append(try await fixture.runNext(outcome))
            }
            func found(_ job: JobRecord) async throws -> [Int64] {
                try await store.passedJobs(project.id, ref: build.ref, before: job, ofBuild: build.number, limit: 9)
                    .map(\.job.id)
            }
            #expect(try await found(jobs[0]) == [])
            #expect(try await found(jobs[1]) == [jobs[0].id])
            #expect(try await found(jobs[2]) == [jobs[0].id])
        }
    }
}
