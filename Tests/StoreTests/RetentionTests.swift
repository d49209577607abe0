import Foundation
import Model
import Testing

@testable import Store

@Suite("Retention, and containers that are kept")
struct RetentionTests {
    private func rule(days: Int, builds: Int, keepLastSuccess: Bool = true)
        -> ServerSettings.Retention
    {
        var rule = ServerSettings.Retention()
        (rule.days, rule.builds, rule.keepLastSuccess) = (days, builds, keepLastSuccess)
        return rule
    }

    private func numbers(_ fixture: Fixture, _ project: ProjectRecord) async throws -> [Int] {
        try await fixture.store.builds(project.id, limit: 100).map(\.number).reversed()
    }

    /// Builds 1 to 6 of main: success, success, failure, failure, and two that have not ended.
    private func fill(_ fixture: Fixture, _ project: ProjectRecord) async throws {
        for (index, state) in [JobState.success, .success, .failure, .failure].enumerated() {
            try await fixture.build(project, commit: "a\(index + 1)")
            try await fixture.runNext(JobOutcome(state: state, exitCode: state == .success ? 0 : 1))
        }
        try await fixture.build(project, commit: "a5")
        _ = try await fixture.store.claimNextJob()
        try await fixture.build(project, commit: "a6")
    }

    @Test("too many go, but never one that has not ended, nor the last success of a ref")
    func number() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await fill(fixture, project)
            clock.advance(2 * 86_400)
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 3, builds: 1), limit: 10) == 0)
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 1, builds: 6), limit: 10) == 0)
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 1, builds: 1), limit: 1) == 1)
            #expect(try await numbers(fixture, project) == [2, 3, 4, 5, 6])
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 1, builds: 1), limit: 10) == 2)
            #expect(try await numbers(fixture, project) == [2, 5, 6])
            let without = rule(days: 1, builds: 1, keepLastSuccess: false)
            #expect(try await fixture.store.removeOldBuilds(project.id, without, limit: 10) == 1)
            #expect(try await numbers(fixture, project) == [5, 6])
            let tombstone = try #require(try await fixture.store.removedBuild(project.id, number: 3))
            #expect(tombstone.commit == "a3" && tombstone.state == .failure && tombstone.ref == .branch("main"))
            #expect(try await fixture.store.removedBuild(project.id, number: 5) == nil)
            // A number is never given again.
            #expect(try await fixture.build(project, commit: "a7").number == 7)
        }
    }

    @Test("a newer build of an old commit does not take the place of the head's")
    func oldCommit() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project, commit: "head")
            try await fixture.runNext()
            for commit in ["old", "older"] {
                var old = try Fixture.newBuild(project, commit: commit)
                old.isOffHead = true
                _ = try await fixture.store.createBuild(old)
                try await fixture.runNext()
            }
            clock.advance(2 * 86_400)
            _ = try await fixture.store.removeOldBuilds(project.id, rule(days: 1, builds: 1), limit: 10)
            #expect(try await numbers(fixture, project) == [1, 3], "and it goes before it")
        }
    }

    @Test("old ones go with their logs; of a ref that is gone nothing is kept, of one that is there the newest build")
    func age() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            for (commit, ref) in [("a1", "main"), ("a2", "main"), ("b1", "topic")] {
                try await fixture.build(project, commit: commit, ref: .branch(ref))
                let job = try await fixture.runNext(JobOutcome(state: .failure, exitCode: 1))
                let writer = try await fixture.store.logs.writer(job.id)
                try await writer.append(section: 2, source: 1, Array("log \(commit)".utf8))
                try await writer.close()
            }
            try await fixture.store.saveHeads(project.id, seen: ["refs/heads/main": "a2"])
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 30, builds: 0), limit: 10) == 0)
            clock.advance(31 * 86_400)
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 30, builds: 0), limit: 10) == 2)
            #expect(try await numbers(fixture, project) == [2])
            #expect(try await fixture.store.removeOldLogs(limit: 10) == 2)
            #expect(try await fixture.store.removeOldLogs(limit: 10) == 0)
            let files = try FileManager.default.subpathsOfDirectory(atPath: fixture.folder + "/logs")
            #expect(files.filter { $0.hasSuffix(".log") }.count == 1)
        }
    }

    @Test("a failed job's containers are kept for its time, the newest of them only, and its build meanwhile")
    func kept() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            var jobs: [Int64] = []
            for commit in ["a1", "a2", "a3"] {
                try await fixture.build(project, commit: commit)
                let job = try #require(try await fixture.store.claimNextJob()).job
                try await fixture.store.keepContainers(job.id, until: clock.now.addingTimeInterval(3600), most: 2)
                try await fixture.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1))
                jobs.append(job.id)
                clock.advance(60)
            }
            #expect(try await fixture.store.keptJobs().map(\.jobID).sorted() == Array(jobs.suffix(2)))
            #expect(try await fixture.store.removeOldBuilds(project.id, rule(days: 0, builds: 1), limit: 10) == 1)
            clock.advance(3600 - 100)
            #expect(try await fixture.store.keptJobs().map(\.jobID) == [jobs[2]])
            clock.advance(100)
            #expect(try await fixture.store.keptJobs().isEmpty)
        }
    }
}
