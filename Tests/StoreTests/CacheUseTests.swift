import Foundation
import Model
import Testing

@testable import Store

@Suite("Uses of cached images, and verdicts")
struct CacheUseTests {
    @Test("a running job's use is remembered with its time, and forgotten with its image unless it was used since")
    func uses() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project)
            let job = try #require(try await fixture.store.claimNextJob()).job
            let entry = CacheEntry(repository: "o/a", hook: "tests", key: "k1")
            try await fixture.store.recordProgress(job.id, cacheKey: "k1", reused: false)
            let first = try #require(try await fixture.store.cacheUses()[entry])
            #expect(try await fixture.store.cacheEntriesInUse() == [entry])
            try await fixture.store.finishJob(job.id, .success)
            #expect(try await fixture.store.cacheEntriesInUse().isEmpty)
            try await fixture.store.recordProgress(job.id, cacheKey: "k2")
            #expect(try await fixture.store.cacheUses() == [entry: first], "the job ended")

            try await fixture.store.keepCacheUses(of: [entry])
            #expect(try await fixture.store.cacheUses().count == 1)
            try await fixture.store.keepCacheUses(of: [])
            #expect(try await fixture.store.cacheUses().isEmpty)
        }
    }

    @Test("a verdict is found by an index, and only of a job that ran and passed")
    func verdicts() async throws {
        let statements = Recorder()
        try await Fixture.with(trace: { statements.add($0) }) { fixture in
            let project = try await fixture.declare(["a"])[0]
            let hook = try #require(HookID("tests"))
            func finish(_ commit: String, _ outcome: JobOutcome) async throws {
                try await fixture.build(project, commit: commit)
                let job = try #require(try await fixture.store.claimNextJob()).job
                try await fixture.store.recordVerdictKey(job.id, "v")
                try await fixture.store.finishJob(job.id, outcome)
            }
            try await finish("a1", JobOutcome(state: .failure, exitCode: 1))
            try await finish("a2", JobOutcome(state: .success, reason: "taken from elsewhere"))
            #expect(try await fixture.store.passedBuild(project.id, hook, verdictKey: "v") == nil)
            try await finish("a3", .success)
            statements.start()
            #expect(try await fixture.store.passedBuild(project.id, hook, verdictKey: "v")?.number == 3)
            for sql in statements.stop() where sql.hasPrefix("SELECT") {
                let plan = try await fixture.store.database.query("EXPLAIN QUERY PLAN \(sql)")
                #expect(plan.contains { $0.contains("job_verdict") }, "\(plan)")
            }
        }
    }

    @Test("the images that the engine has are those of the last look, each with its last use")
    func images() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            func image(_ key: String, _ made: Double, of name: String? = nil) -> KnownImage {
                KnownImage(
                    entry: CacheEntry(repository: name ?? project.repository.key, hook: "tests", key: key),
                    isTrusted: key != "c", madeAt: Date(timeIntervalSince1970: made), size: 5)
            }
            let store = fixture.store
            try await store.saveCachedImages([image("a", 1), image("b", 2), image("x", 3, of: "o/unknown")])
            #expect(try await store.cachedImages(project.id) == [image("b", 2), image("a", 1)])
            try await store.saveCachedImages([image("c", 4)])
            #expect(try await store.cachedImages(project.id) == [image("c", 4)])
            #expect(try await store.cachedImages(99).isEmpty)
        }
    }
}
