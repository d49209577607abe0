import Foundation
import Model
import Testing

@testable import Store

@Suite("News of builds, and letters about them")
struct LetterTests {
    private static let failure = JobOutcome(state: .failure, exitCode: 1, reason: "build script failed")

    @Test("Failures and errors are news, a success only after something else on the same ref")
    func outcomes() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let outcomes: [JobOutcome] = [
                .success, Self.failure, Self.failure, JobOutcome(state: .cancelled, reason: "by mona"), .success,
                .success,
                JobOutcome(state: .error, reason: "no image"), .success,
            ]
            for (index, outcome) in outcomes.enumerated() {
                try await fixture.build(project, commit: "c\(index)")
                try await fixture.runNext(outcome)
            }
            try await fixture.build(project, commit: "other", ref: .branch("other"))
            try await fixture.runNext()
            let news = try await fixture.store.buildNews(limit: 100)
            #expect(news.map(\.outcome) == [.failure, .failure, .fixed, .error, .fixed])
            #expect(news.map(\.build.number) == [2, 3, 5, 7, 8])
            #expect(news.allSatisfy { $0.project.id == project.id })
        }
    }

    @Test("A rerun of a build is an outcome of its own; an older build that ends late repairs nothing")
    func order() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let build = try await fixture.build(project, commit: "c1")
            try await fixture.runNext(Self.failure)
            _ = try await fixture.store.rerun(build.id, #require(HookID("tests")))
            #expect(try await fixture.store.buildNews(limit: 9).map(\.outcome) == [.failure])
            try await fixture.runNext()
            #expect(try await fixture.store.buildNews(limit: 9).map(\.outcome) == [.failure, .fixed])
            #expect(try await fixture.store.buildNews(limit: 9).map(\.build.id) == [build.id, build.id])

            try await fixture.build(project, commit: "older")
            try await fixture.build(project, commit: "newer")
            let older = try #require(try await fixture.store.claimNextJob())
            try await fixture.runNext(Self.failure)
            try await fixture.store.finishJob(older.job.id, .success)
            #expect(try await fixture.store.buildNews(limit: 9).map(\.outcome) == [.failure, .fixed, .failure])
        }
    }

    @Test("Builds of strangers, and those of which nothing had to run, are no news")
    func left() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            var fork = try Fixture.newBuild(project, commit: "fork", ref: .pullRequest(1))
            fork.trusted = false
            fork.hooks[0].settings.forkPullRequests = .always
            _ = try await fixture.store.createBuild(fork)
            try await fixture.runNext(Self.failure)
            #expect(try await fixture.store.buildNews(limit: 9).isEmpty)

            try await fixture.build(project, commit: "bad")
            try await fixture.runNext(Self.failure)
            var skipped = try Fixture.newBuild(project, commit: "skipped", hooks: [])
            skipped.skipped = [SkippedHook(try Fixture.hook("tests"), reason: "nothing changed")]
            _ = try await fixture.store.createBuild(skipped)
            #expect(try await fixture.store.buildNews(limit: 9).map(\.outcome) == [.failure])
        }
    }

    @Test("Builds of old commits are no news, and hide none")
    func oldCommits() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project, commit: "head")
            try await fixture.runNext(Self.failure)
            for (index, outcome) in [JobOutcome.success, Self.failure].enumerated() {
                var old = try Fixture.newBuild(project, commit: "old\(index)")
                old.isOffHead = true
                _ = try await fixture.store.createBuild(old)
                try await fixture.runNext(outcome)
            }
            #expect(try await fixture.store.buildNews(limit: 9).map(\.outcome) == [.failure])
            try await fixture.build(project, commit: "next")
            try await fixture.runNext()
            #expect(try await fixture.store.buildNews(limit: 9).map(\.outcome) == [.failure, .fixed])
            #expect(try await fixture.store.buildNews(limit: 9).last?.build.commit == "next")
        }
    }

    @Test("News makes its letters once; a letter ends by being sent or given up, and goes with its build")
    func letters() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project)
            try await fixture.runNext(Self.failure)
            let news = try #require(try await store.buildNews(limit: 1).first)
            let letters = ["a@example.org", "b@example.org", "a@example.org"].map {
                NewLetter(recipient: $0, message: Array("to \($0)".utf8))
            }
            try await store.settle(news, with: letters)
            try await store.settle(news, with: letters)
            #expect(try await store.buildNews(limit: 1).isEmpty)
            let due = try await store.dueLetters(now: .distantFuture, limit: 9)
            #expect(due.map(\.recipient) == ["a@example.org", "b@example.org"])
            #expect(
                due.map { String(decoding: $0.message, as: UTF8.self) } == ["to a@example.org", "to b@example.org"])

            let later = Date(timeIntervalSinceNow: 1000)
            try await store.postponeLetter(due[0].id, until: later, error: "busy")
            #expect(try await store.dueLetters(now: Date(timeIntervalSinceNow: 500), limit: 9).map(\.id) == [due[1].id])
            try await store.letterSent(due[1].id)
            try await store.letterSent(due[1].id)
            let next = try #require(try await store.nextLetterTime())
            #expect(abs(next.timeIntervalSince(later)) < 1)
            #expect(try await store.dueLetters(now: .distantFuture, limit: 9).map(\.failures) == [1])
            try await store.postponeLetter(due[0].id, until: nil, error: "never")
            #expect(try await store.nextLetterTime() == nil)
            // What has ended stays so.
            try await store.postponeLetter(due[1].id, until: later, error: "late")
            #expect(try await store.letterFigures() == LetterFigures(waiting: 0, sent: 1, gaveUp: 1))
            #expect(try await store.database.query("SELECT COUNT(*) FROM letter WHERE message IS NOT NULL") == ["0"])
            _ = try await store.database.query("DELETE FROM build")
            #expect(try await store.letterFigures() == LetterFigures())
        }
    }
}
