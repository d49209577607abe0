import Foundation
import Model
import Testing

@testable import Store

@Suite("Logs that somebody deletes")
struct DeletedLogTests {
    private static let failure = JobOutcome(state: .failure, exitCode: 1)

    /// A job that has ended, with a log.
    private func job(_ fixture: Fixture, commit: String = "a1") async throws -> JobRecord {
        let project = try #require(try await fixture.store.project(Fixture.repository("a")))
        try await fixture.build(project, commit: commit)
        let job = try await fixture.runNext(Self.failure)
        try await write(fixture, job.id)
        return job
    }

    private func write(_ fixture: Fixture, _ job: Int64) async throws {
        let writer = try await fixture.store.logs.writer(job)
        try await writer.append(section: 2, source: 1, Array("hunter2\n".utf8))
        try await writer.close()
    }

    private func files(_ fixture: Fixture) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: fixture.folder + "/logs").filter { $0.contains(".") }
            .sorted()
    }

    @Test("the bytes and their times go, other attempts keep theirs, and the row says who did it first, and when")
    func deletion() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            try await fixture.declare(["a"])
            let first = try await job(fixture)
            let second = try await fixture.store.rerun(first.buildID, first.hook)
            await #expect(throws: StoreError.conflict("attempt 2 of tests has not ended")) {
                try await fixture.store.deleteLog(second.id, by: "mona")
            }
            _ = try await fixture.store.claimNextJob()
            await #expect(throws: StoreError.conflict("attempt 2 of tests has not ended")) {
                try await fixture.store.deleteLog(second.id, by: "mona")
            }
            #expect(try await fixture.store.job(second.id)?.logDeletion == nil)
            try await write(fixture, second.id)
            try await fixture.store.finishJob(second.id, Self.failure)

            let time = clock.now
            let deleted = try await fixture.store.deleteLog(first.id, by: "mona")
            let deletion = try #require(deleted.logDeletion)
            #expect(deletion.by == "mona" && abs(deletion.at.timeIntervalSince(time)) < 0.002)
            clock.advance(60)
            #expect(try await fixture.store.deleteLog(first.id, by: "hubot").logDeletion == deletion)
            #expect(try await fixture.store.attempts(first.buildID, first.hook).map(\.logDeletion) == [deletion, nil])
            #expect(try files(fixture) == ["0/\(second.id).chunks", "0/\(second.id).log"])
            #expect(try await fixture.store.logs.reader(first.id).size() == 0)
            #expect(try await fixture.store.removeOldLogs(limit: 10) == 0)
            _ = try await fixture.store.rerun(first.buildID, first.hook)
            let silent = try await fixture.runNext()
            await #expect(throws: StoreError.conflict("attempt 3 of tests wrote no log")) {
                try await fixture.store.deleteLog(silent.id, by: "mona")
            }
            #expect(try await fixture.store.job(silent.id)?.logDeletion == nil)
            await #expect(throws: StoreError.notFound("job 99")) {
                try await fixture.store.deleteLog(99, by: "mona")
            }
        }
    }

    @Test("what cannot be removed at once, or was left by a crash, is removed later; the row says so already")
    func leftovers() async throws {
        try await Fixture.with { fixture in
            try await fixture.declare(["a"])
            let job = try await job(fixture)
            // A folder cannot be unlinked.
            let obstacle = "\(fixture.folder)/logs/0/\(job.id).chunks"
            try FileManager.default.removeItem(atPath: obstacle)
            try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
            await #expect(throws: StoreError.self) { try await fixture.store.deleteLog(job.id, by: "mona") }
            #expect(try await fixture.store.job(job.id)?.logDeletion?.by == "mona")
            await #expect(throws: StoreError.self) { try await fixture.store.removeOldLogs(limit: 10) }
            try FileManager.default.removeItem(atPath: obstacle)

            // A kill between the row and the files leaves them, and the job's number.
            try await write(fixture, job.id)
            #expect(try files(fixture).count == 2)
            #expect(try await fixture.store.removeOldLogs(limit: 10) == 1)
            #expect(try files(fixture).isEmpty)
            #expect(try await fixture.store.removeOldLogs(limit: 10) == 0)
        }
    }

    @Test("whoever follows the job is told", .timeLimit(.minutes(1)))
    func signals() async throws {
        try await Fixture.with { fixture in
            try await fixture.declare(["a"])
            let job = try await job(fixture)
            var changes = fixture.store.changes.subscribe([.job(job.id)]).makeAsyncIterator()
            try await fixture.store.deleteLog(job.id, by: "mona")
            #expect(await changes.next() != nil)
        }
    }

    @Test("mail that waits is news once more, under its number; mailboxes that have theirs get no second one")
    func letters() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            try await fixture.declare(["a"])
            let job = try await job(fixture)
            let other = try await self.job(fixture, commit: "a2")
            let news = try await store.buildNews(limit: 9)
            #expect(news.count == 2)
            func letters(_ text: String) -> [NewLetter] {
                ["a@example.org", "b@example.org"].map { NewLetter(recipient: $0, message: Array(text.utf8)) }
            }
            for item in news { #expect(try await store.settle(item, with: letters("hunter2"))) }
            let sent = try #require(try await store.dueLetters(now: .distantFuture, limit: 1).first)
            try await store.letterSent(sent.id)

            try await store.deleteLog(job.id, by: "mona")
            let again = try await store.buildNews(limit: 9)
            #expect(again == [news[0]])
            #expect(try await store.dueLetters(now: .distantFuture, limit: 9).count == 2, "those of the other build")
            // Whoever read the log before it was deleted has to look again.
            #expect(try await !store.settle(again[0], with: letters("hunter2"), quoting: [other.id, job.id]))
            #expect(try await store.buildNews(limit: 9) == again)
            #expect(try await store.settle(again[0], with: letters("nothing"), quoting: [other.id]))
            let due = try await store.dueLetters(now: .distantFuture, limit: 9).filter { $0.message.count == 7 }
            #expect(due.map { String(decoding: $0.message, as: UTF8.self) } == ["hunter2", "hunter2", "nothing"])
            #expect(due.last?.recipient == "b@example.org" && due.last?.happenedAt == sent.happenedAt)
            #expect(try await store.letterFigures() == LetterFigures(waiting: 3, sent: 1, gaveUp: 0))
        }
    }

    @Test("retention takes a build whose log was deleted as any other")
    func retention() async throws {
        let clock = TestClock()
        try await Fixture.with(clock: clock) { fixture in
            let project = try await fixture.declare(["a"])[0]
            let job = try await job(fixture)
            _ = try await self.job(fixture, commit: "a2")
            try await fixture.store.deleteLog(job.id, by: "mona")
            clock.advance(2 * 86_400)
            var rule = ServerSettings.Retention()
            (rule.days, rule.builds) = (1, 1)
            #expect(try await fixture.store.removeOldBuilds(project.id, rule, limit: 10) == 1)
            #expect(try await fixture.store.removeOldLogs(limit: 10) == 1)
            #expect(try await fixture.store.removedBuild(project.id, number: 1) != nil)
        }
    }
}
