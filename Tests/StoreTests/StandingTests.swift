import Foundation
import Model
import Testing

@testable import Store

@Suite("How a ref is when hooks were skipped")
struct StandingTests {
    private static let failed = JobOutcome(state: .failure, exitCode: 1)

    /// A build of `docs`, whose hook `tests` was skipped.
    private func docs(_ fixture: Fixture, _ project: ProjectRecord, _ commit: String) async throws -> BuildRecord {
        var new = try Fixture.newBuild(project, commit: commit, hooks: ["docs"])
        new.skipped = [SkippedHook(try Fixture.hook("tests"), reason: "paths: none")]
        return try #require(try await fixture.store.createBuild(new))
    }

    private func standing(_ fixture: Fixture, _ project: ProjectRecord) async throws -> RefStanding {
        let build = try #require(try await fixture.store.latestBuild(project.id, ref: .branch("main")))
        return try #require(try await fixture.store.standings(of: [build]).first)
    }

    @Test("a skipped hook says what it said last, until it runs")
    func skipped() async throws {
        try await Fixture.with { fixture in
            let (store, tests) = (fixture.store, try #require(HookID("tests")))
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            try await fixture.build(project, commit: "c1")
            try await fixture.runNext()
            try await fixture.runNext(Self.failed)
            let second = try await docs(fixture, project, "c2")
            #expect(try await standing(fixture, project).state == .queued, "what goes on is told first")
            try await fixture.runNext()
            for commit in ["c3", "c4"] {
                #expect(try await store.build(id: second.id)?.state == .success)
                let standing = try await standing(fixture, project)
                #expect(standing.state == .failure && standing.build.number == 1)
                let latest = try #require(try await store.latestBuild(project.id, ref: .branch("main")))
                #expect(try await store.standing(of: latest, tests) == .failure)
                #expect(try await store.standing(of: latest, #require(HookID("docs"))) == .success)
                #expect(try await store.standing(of: latest, #require(HookID("other"))) == nil)
                _ = try await docs(fixture, project, commit)
                try await fixture.runNext()
            }
            try await fixture.build(project, commit: "c5", hooks: ["tests"])
            try await fixture.runNext()
            let mended = try await standing(fixture, project)
            #expect(mended.state == .success && mended.build.number == 5)
        }
    }

    @Test("nobody is told that it is mended by a build that skipped what had failed")
    func news() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            func outcomes() async throws -> [MailRules.Outcome] {
                try await fixture.store.buildNews(limit: 9).map(\.outcome)
            }
            try await fixture.build(project, commit: "c1")
            try await fixture.runNext()
            try await fixture.runNext(Self.failed)
            _ = try await docs(fixture, project, "c2")
            try await fixture.runNext()
            #expect(try await outcomes() == [.failure])
            try await fixture.build(project, commit: "c3", hooks: ["tests"])
            try await fixture.runNext()
            #expect(try await outcomes() == [.failure, .fixed])
            _ = try await docs(fixture, project, "c4")
            try await fixture.runNext()
            #expect(try await outcomes() == [.failure, .fixed])
        }
    }

    @Test("other refs and builds of old commits say nothing, and a hook that never ran neither")
    func others() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            try await fixture.build(project, commit: "c1", ref: .branch("topic"), hooks: ["tests"])
            try await fixture.runNext(Self.failed)
            var old = try Fixture.newBuild(project, commit: "c2", hooks: ["tests"])
            old.isOffHead = true
            _ = try await fixture.store.createBuild(old)
            try await fixture.runNext(Self.failed)
            _ = try await docs(fixture, project, "c3")
            try await fixture.runNext()
            #expect(try await standing(fixture, project).state == .success)
            #expect(try await fixture.store.standings(of: []).isEmpty)
        }
    }
}
