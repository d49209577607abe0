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
        try #require(try await fixture.store.latestBuild(project.id, ref: .branch("main"))).standing
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
                #expect(standing.state == .failure && standing.number == 1 && standing.isOlder)
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
            #expect(mended.state == .success && mended.number == 5 && !mended.isOlder)
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
            // Until the ref comes back to the commit.
            old.isOffHead = false
            _ = try await fixture.store.createBuild(old)
            #expect(try await standing(fixture, project) == RefStanding(state: .failure, number: 2, latest: 3))
        }
    }

    @Test("a build says anew how its ref is when a job before it runs again, and not when that is cancelled")
    func rerun() async throws {
        try await Fixture.with { fixture in
            let (store, tests) = (fixture.store, try #require(HookID("tests")))
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            let first = try await fixture.build(project, commit: "c1")
            try await fixture.runNext()
            try await fixture.runNext(Self.failed)
            _ = try await docs(fixture, project, "c2")
            try await fixture.runNext()
            let red = RefStanding(state: .failure, number: 1, latest: 2)
            #expect(try await standing(fixture, project) == red)
            let again = try await store.rerun(first.id, tests)
            #expect(try await standing(fixture, project) == RefStanding(state: .running, number: 1, latest: 2))
            #expect(try await store.newestVerdict(project.id, ref: .branch("main")) == nil)
            try await store.requestCancel(again.id, reason: "no need")
            #expect(try await standing(fixture, project) == red, "what was cancelled came to nothing")
            #expect(try await store.newestVerdict(project.id, ref: .branch("main"))?.number == 2)
            _ = try await store.rerun(first.id, tests)
            try await fixture.runNext()
            #expect(try await standing(fixture, project) == RefStanding(state: .success, number: 2, latest: 2))
        }
    }

    @Test("a ref is red from the first build that failed on, also through builds that skipped what had failed")
    func stretch() async throws {
        try await Fixture.with { fixture in
            let (store, main) = (fixture.store, GitRef.branch("main"))
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            for (commit, outcome) in [("c1", JobOutcome.success), ("c2", Self.failed)] {
                try await fixture.build(project, commit: commit, hooks: ["tests"])
                try await fixture.runNext(outcome)
            }
            _ = try await docs(fixture, project, "c3")
            try await fixture.runNext()
            let skipping = try #require(try await store.newestVerdict(project.id, ref: main))
            #expect(skipping.number == 3 && skipping.state == .success && skipping.standing.isRed)
            try await fixture.build(project, commit: "c4", hooks: ["tests"])
            try await fixture.runNext(Self.failed)
            try await fixture.build(project, commit: "c5", hooks: ["tests"])
            let red = try #require(try await store.newestVerdict(project.id, ref: main))
            let stretch = try await store.redStretch(endingWith: red)
            #expect(red.number == 4 && stretch.first.number == 2 && stretch.passed?.number == 1)
            let overview = try await store.projectOverview()[0]
            #expect(overview.main == nil && overview.mainVerdict == nil, "nobody knows the default branch yet")
            try await store.setGitHubFacts(project.id, githubID: 1, isPrivate: false, defaultBranch: "main")
            let known = try await store.projectOverview()[0]
            #expect(known.main == RefStanding(state: .queued, number: 5, latest: 5))
            #expect(known.mainVerdict == RefStanding(state: .failure, number: 4, latest: 4))
        }
    }

    @Test("a hook that is removed says nothing more, and begins anew when it comes back")
    func removedHook() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            try await fixture.build(project, commit: "c1", hooks: ["tests"])
            try await fixture.runNext(Self.failed)
            _ = try await docs(fixture, project, "c2")
            try await fixture.runNext()
            try await fixture.declare(["a"], hooks: ["lint", "tests"], commit: "c2")
            #expect(try await standing(fixture, project).state == .failure)
            try await fixture.declare(["a"], hooks: ["docs"], commit: "c3")
            #expect(try await standing(fixture, project) == RefStanding(state: .success, number: 2, latest: 2))
            try await fixture.declare(["a"], hooks: ["docs", "tests"], commit: "c4")
            _ = try await docs(fixture, project, "c3")
            try await fixture.runNext()
            #expect(try await standing(fixture, project).state == .success)
        }
    }

    @Test("retention keeps the build that says how a ref is, until a newer one does")
    func retention() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"], hooks: ["docs", "tests"])[0]
            var rule = ServerSettings.Retention()
            (rule.days, rule.builds, rule.keepLastSuccess) = (1, 1, false)
            func remove() async throws -> [Int] {
                clock.advance(2 * 86_400)
                _ = try await fixture.store.removeOldBuilds(project.id, rule, limit: 10)
                return try await fixture.store.builds(project.id, limit: 10).map(\.number)
            }
            for commit in ["c1", "c2"] {
                try await fixture.build(project, commit: commit)
                try await fixture.runNext()
                try await fixture.runNext(Self.failed)
            }
            for commit in ["c3", "c4"] {
                _ = try await docs(fixture, project, commit)
                try await fixture.runNext()
            }
            #expect(try await remove() == [4, 2])
            #expect(try await standing(fixture, project) == RefStanding(state: .failure, number: 2, latest: 4))
            try await fixture.build(project, commit: "c5")
            try await fixture.runNext()
            try await fixture.runNext()
            #expect(try await remove() == [5])
        }
    }
}
