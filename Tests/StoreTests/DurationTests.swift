import Foundation
import Model
import Testing

@testable import Store

@Suite("How long a hook's jobs usually take")
struct DurationTests {
    @Test("jobs that ran and passed before count, nine at most; the others, and later ones, do not")
    func recent() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let (store, project) = (fixture.store, try await fixture.declare(["a"])[0])
            let hook = try #require(HookID("tests"))
            func run(_ number: Int, seconds: Double, _ outcome: JobOutcome = .success) async throws {
                try await fixture.build(project, commit: "c\(number)")
                let job = try #require(try await store.claimNextJob()).job.id
                clock.advance(seconds)
                try await store.finishJob(job, outcome)
            }
            func seconds(_ number: Int) async throws -> [Double] {
                try await store.recentSeconds(project.id, hook, beforeBuild: number)
            }
            #expect(try await seconds(9) == [])
            try await run(1, seconds: 42.5)
            try await run(2, seconds: 900, JobOutcome(state: .failure, exitCode: 1))
            // Its verdict was taken over.
            try await run(3, seconds: 0.1, JobOutcome(state: .success, reason: ReusedVerdict(build: 1).reason))
            try await run(4, seconds: 30)
            #expect(try await seconds(5) == [30, 42.5])
            #expect(try await seconds(4) == [42.5])
            #expect(try await store.recentSeconds(project.id, #require(HookID("other")), beforeBuild: 5) == [])
            for number in 5...20 { try await run(number, seconds: Double(number)) }
            #expect(try await seconds(21) == (12...20).reversed().map { Double($0) })
        }
    }
}
