import Foundation
import GRDB
import Model
import SeededRandom
import Testing

@testable import Store

@Suite("How refs are, of databases that did not keep it")
struct StandingMigrationTests {
    private static let hooks = ["docs", "lint", "tests"]

    @Test("the migration comes to what is worked out for each build", arguments: [1, 2, 3])
    func filled(seed: UInt64) async throws {
        try await Fixture.withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let queue = try DatabaseQueue(path: "\(folder)/kozmic.sqlite")
            let before = try #require(Schema.migrator.migrations.last { $0.hasPrefix("28 ") })
            try Schema.migrator.migrate(queue, upTo: before)
            try await queue.write { db in try Self.fill(db, seed) }
            try queue.close()

            let store = try await Store.open(dataDirectory: folder)
            let kept = try await store.builds(1, limit: 1000)
            #expect(kept.count == 200)
            for state in [BuildState.failure, .error, .running] {
                #expect(kept.contains { $0.older?.state == state }, "\(state) is not tried")
            }
            try await store.database.write { db in
                for build in kept { try db.refreshStanding(of: build) }
            }
            for (build, old) in zip(try await store.builds(1, limit: 1000), kept) {
                #expect(build.standing == old.standing, "#\(build.number)")
            }
            await store.close()
        }
    }

    /// Builds of two refs with random jobs, some of which ran twice.
    private static func fill(_ db: Database, _ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        try db.execute(
            sql: """
                INSERT INTO project (repository, repositoryKey, isActive, config, configCommit, condition, conditionSince,
                    lastBuildNumber, createdAt)
                VALUES ('o/a', 'o/a', 1, '{"repository":"o/a","hooks":[]}', 'c1', 'ready', 0, 200, 0)
                """)
        for number in 1...200 {
            // Skips are many, and what has not ended is rare, but there.
            let states = hooks.map { _ in
                (0..<Int.random(in: 1...2, using: &random)).map { _ in
                    let states: [JobState] = [.success, .failure, .error, .cancelled, .running, .queued]
                    let place = Int.random(in: 0..<20, using: &random)
                    return place < states.count ? states[place] : place < 9 ? .success : .skipped
                }
            }
            let state = BuildState(jobs: states.compactMap(\.last))
            let ref = Bool.random(using: &random) ? "main" : "topic"
            try db.execute(
                sql: """
                    INSERT INTO build (projectID, number, ref, sha, message, authorName, kind, trusted, configCommit, state,
                        createdAt, finishedAt, statusMode, page, isOffHead)
                    VALUES (1, ?1, 'refs/heads/' || ?2, 'c' || ?1, '', 'Mona', 'push', 1, 'c1', ?3, 0, ?4, 'build', '', ?5)
                    """,
                arguments: [
                    number, ref, state.rawValue, state.isFinished ? 0 : nil,
                    Int.random(in: 0..<8, using: &random) == 0,
                ])
            for (hook, attempts) in zip(hooks, states) {
                for (index, state) in attempts.enumerated() {
                    try db.execute(
                        sql: """
                            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, createdAt, startedAt,
                                finishedAt, page)
                            VALUES (?, 1, ?, 'A job', '{}', ?, ?, 0, ?, ?, '')
                            """,
                        arguments: [
                            number, hook, index + 1, state.rawValue, state == .queued ? nil : 0,
                            state.isFinished ? 0 : nil,
                        ])
                }
            }
        }
    }
}
