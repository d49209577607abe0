import Foundation
import Model
import Testing

@testable import Store

@Suite("How long installs took")
struct InstallTests {
    @Test("the last install that ended well counts, whatever came between, and once only")
    func last() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            let hook = try #require(HookID("tests"))
            func run(_ commit: String, seconds: Double?, ends: Bool = true) async throws {
                try await fixture.build(project, commit: commit)
                let job = try #require(try await store.claimNextJob()).job.id
                if let seconds {
                    try await store.recordProgress(job, phase: .installing)
                    clock.advance(seconds / 2)
                    // Said again by the process that took over.
                    try await store.recordProgress(job, phase: .installing)
                    clock.advance(seconds / 2)
                    if ends { try await store.recordProgress(job, phase: .committing) }
                }
                if ends { try await store.recordProgress(job, phase: .building) }
                clock.advance(100)
                if ends { try await store.recordProgress(job, phase: .building) }
                try await store.finishJob(job, JobOutcome(state: ends ? .success : .failure))
            }
            #expect(try await store.lastInstallSeconds(project.id, hook) == nil)
            try await run("c1", seconds: nil)
            #expect(try await store.lastInstallSeconds(project.id, hook) == nil)
            try await run("c2", seconds: 42.5)
            #expect(try await store.lastInstallSeconds(project.id, hook) == 42.5)
            try await run("c3", seconds: 7, ends: false)
            try await run("c4", seconds: nil)
            #expect(try await store.lastInstallSeconds(project.id, hook) == 42.5)
            try await run("c5", seconds: 12)
            #expect(try await store.lastInstallSeconds(project.id, hook) == 12)
            let plan = try await store.database.query(
                """
                EXPLAIN QUERY PLAN SELECT endedAt FROM install
                WHERE projectID = 1 AND hook = 'tests' AND endedAt IS NOT NULL ORDER BY jobID DESC LIMIT 1
                """)
            #expect(plan.joined().contains("install_of_hook"))
        }
    }

    @Test("a pull's time is from the first time that it is said until the image is there, whoever says it again")
    func pull() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            try await fixture.build(project, commit: "c1")
            let job = try #require(try await store.claimNextJob()).job.id
            try await store.recordProgress(job, phase: .preparing)
            #expect(try await store.job(job)?.pullStartedAt == nil)
            clock.advance(1)
            let begin = clock.now
            try await store.recordProgress(job, phase: .pulling)
            clock.advance(30)
            // By the process that took over.
            try await store.recordProgress(job, phase: .pulling)
            #expect(try await store.job(job)?.pullEndedAt == nil)
            clock.advance(10)
            try await store.recordProgress(job, baseImageID: "sha256:1")
            let found = try #require(try await store.job(job))
            #expect(found.pullStartedAt == begin && found.pullEndedAt == begin + 40)

            try await fixture.build(project, commit: "c2")
            let other = try #require(try await store.claimNextJob()).job.id
            try await store.recordProgress(other, baseImageID: "sha256:1")
            #expect(try await store.job(other)?.pullEndedAt == nil, "the image was there")
        }
    }
}
