import Foundation
import Model
import Synchronization
import Testing

@testable import Store

@Suite("Backups")
struct BackupTests {
    @Test("copies taken while jobs are written are each of one moment: whoever had ended has the whole log")
    func underWrites() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let progress = Progress()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !progress.isOver {
                        try await Self.job(fixture, project, number: progress.ended)
                        progress.add()
                    }
                }
                for copy in 1...4 {
                    try await until { progress.ended >= 5 * copy }
                    let known = progress.ended
                    try await Fixture.withFolder { folder in
                        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                        let contents = try #require(
                            try await Store.backUp(dataDirectory: fixture.folder, to: folder))
                        #expect(contents.projects == 1)
                        #expect(contents.builds >= known)
                        try await Self.check(folder, contents, atLeast: known)
                    }
                }
                progress.end()
                try await group.waitForAll()
            }
        }
    }

    @Test("a copy goes on by itself: its next job begins with an empty log, and the original is as it was")
    func goesOn() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await Self.job(fixture, project, number: 0)
            try await fixture.build(project, commit: "open")
            let before = try await fixture.store.database.query("SELECT * FROM job")
            try await Fixture.withFolder { folder in
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                #expect(try await Store.backUp(dataDirectory: fixture.folder, to: folder)?.logs == 1)
                // Written after the copy was taken.
                let original = try #require(try await fixture.store.claimNextJob()).job
                let writer = try await fixture.store.logs.writer(original.id)
                try await writer.append(section: 2, source: 1, Array("here\n".utf8))
                try await writer.close()

                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/kozmic.sqlite")
                #expect(attributes[.posixPermissions] as? Int == 0o600)
                let store = try await Store.open(dataDirectory: folder)
                #expect(try await store.database.query("SELECT * FROM job") == before)
                let job = try #require(try await store.claimNextJob()).job
                #expect(job.id == original.id)
                #expect(try await store.logs.reader(job.id).size() == 0)
                let copied = try await store.logs.writer(job.id)
                try await copied.append(section: 2, source: 1, Array("there\n".utf8))
                try await copied.close()
                await store.close()
            }
            let own = fixture.store.logs.reader(2)
            #expect(try await own.read(from: 0, count: 99) == Array("here\n".utf8))
        }
    }

    @Test("a folder without a database has no backup, and one with something in it is not written over")
    func refusals() async throws {
        try await Fixture.withFolder { folder in
            let nothing = try await Store.backUp(dataDirectory: folder, to: folder)
            #expect(nothing == nil)
        }
        try await Fixture.with { fixture in
            await #expect(throws: StoreError.self) {
                _ = try await Store.backUp(dataDirectory: fixture.folder, to: fixture.folder)
            }
            _ = try await fixture.declare(["a"])
        }
    }

    private static func lines(_ job: Int64) -> String { (1...200).map { "line \($0) of job \(job)\n" }.joined() }

    /// A build with one job, whose log depends on its number.
    private static func job(_ fixture: Fixture, _ project: ProjectRecord, number: Int) async throws {
        try await fixture.build(project, commit: "commit-\(number)")
        let job = try #require(try await fixture.store.claimNextJob()).job
        let writer = try await fixture.store.logs.writer(job.id)
        let text = Array(lines(job.id).utf8)
        for start in stride(from: 0, to: text.count, by: 500) {
            try await writer.append(section: 2, source: 1, Array(text[start..<min(start + 500, text.count)]))
        }
        try await writer.close()
        try await fixture.store.finishJob(job.id, .success)
    }

    private static func check(_ folder: String, _ contents: BackupContents, atLeast known: Int) async throws {
        let store = try await Store.open(dataDirectory: folder)
        let builds = try await store.builds(1, limit: 10_000)
        #expect(builds.count == contents.builds)
        #expect(builds.count { $0.state == .success } >= known)
        var logs = 0
        for build in builds {
            let job = try #require(try await store.jobs(build.id).first)
            let reader = store.logs.reader(job.id)
            let text = String(decoding: try await reader.read(from: 0, count: 1 << 20), as: UTF8.self)
            switch job.state {
            case .success: #expect(text == lines(job.id))
            case .queued: #expect(text.isEmpty)
            default: #expect(lines(job.id).hasPrefix(text))
            }
            let chunks = try await reader.chunks()
            #expect(chunks.last?.end ?? 0 == Int64(text.utf8.count))
            logs += job.state == .queued || (text.isEmpty && job.state == .running) ? 0 : 1
        }
        #expect(logs <= contents.logs)
        #expect(try await store.database.query("PRAGMA integrity_check") == ["ok"])
        await store.close()
    }

    /// Generous: other tests run beside this one.
    private func until(_ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while !condition(), ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        try #require(condition())
    }
}

/// What the writing task has done, and whether it goes on.
private final class Progress: Sendable {
    private let state = Mutex((ended: 0, isOver: false))
    var ended: Int { state.withLock { $0.ended } }
    var isOver: Bool { state.withLock { $0.isOver } }
    func add() { state.withLock { $0.ended += 1 } }
    func end() { state.withLock { $0.isOver = true } }
}
