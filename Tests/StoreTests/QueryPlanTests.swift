import Foundation
import Model
import Synchronization
import Testing

@testable import Store

@Suite("Query plans with 1,000 projects and 20,000 builds")
struct QueryPlanTests {
    @Test("no page query reads a big table from end to end")
    func pages() async throws {
        let statements = Recorder()
        try await Fixture.with(trace: { statements.add($0) }) { fixture in
            let project = try await fixture.declare(["a"])[0]
            try await fixture.build(project)
            _ = try await fixture.store.inbox.store(Fixture.delivery("g"))
            try await fill(fixture.store.database)
            let store = fixture.store
            _ = try await store.database.query(
                """
                INSERT INTO delivery (repository, repositoryKey, hook, guid, event, receivedAt, state, decision)
                VALUES ('o/a', 'o/a', 'tests', 'found-21', 'push', 0, 'done', 'found')
                """)
            statements.start()

            let overview = try await store.projectOverview()
            #expect(overview.count == 1_000)
            #expect(overview.last?.recent.count == 20)
            _ = try await store.builds(500, limit: 20)
            _ = try await store.builds(500, ref: .branch("main"), before: 12, limit: 20)
            let tests: HookID = try #require(HookID("tests"))
            let wanted = BuildFilter(
                ref: .branch("main"), state: .success, author: "o", text: "a", hook: tests)
            _ = try await store.builds(500, wanted, before: 12, limit: 20)
            _ = try await store.builds(500, BuildFilter(text: "a"), limit: 20)
            _ = try await store.caller(personID: 7, login: "mona", name: nil, adminRepository: project.repository)
            #expect(try await store.latestBuild(500, ref: .branch("main")) != nil)
            _ = try await store.verdicts(500, ref: .branch("main"), before: 12, limit: 20)
            let build = try #require(try await store.build(500, number: 7))
            _ = try await store.build(id: build.id)
            _ = try await store.siblings(of: build)
            let mark = try await store.eventMark(500)
            _ = try await store.overtakenHeads(500)
            _ = try await store.overtakenJobs(
                500, ref: .branch("main"), commit: "c7", hooks: [tests], seen: mark)
            _ = try await store.recentSeconds(500, tests, beforeBuild: 7)
            let last = try #require(try await store.jobs(build.id).first)
            #expect(
                try await store.passedJobs(500, ref: .branch("main"), before: last, ofBuild: 7, limit: 3).isEmpty,
                "jobs without an exit code ran nothing")
            _ = try await store.database.query("UPDATE job SET failureForm = x'01' WHERE projectID = 500")
            #expect(try await store.similarFailures(last.id)?.count == 19)
            #expect(try await store.goodEnds(before: last, of: build, limit: 3).count == 3)
            _ = try await store.database.query(
                """
                INSERT INTO bisection (jobID, projectID, hook, ref, good, goodBuild, needsProof, bad, candidates, createdAt)
                VALUES (\(last.id), 500, 'tests', 'refs/heads/main', 'c9986', 6, 0, 'c9987',
                    '[{"id": "c9987", "parents": ["c9986"], "title": "", "author": ""}]', 0)
                """)
            #expect(try await store.bisection(ofJob: last.id)?.search.verdicts == ["c9986": .good])
            #expect(try await store.runningBisections().count == 1)
            _ = try await store.wantedBisections()
            _ = try await store.bisection(probing: last.id)
            _ = try await store.refOverview(500, limit: 50)
            _ = try await store.database.query("UPDATE job SET state = 'skipped' WHERE projectID = 400")
            let skipping = try #require(try await store.latestBuild(400, ref: .branch("main")))
            #expect(try await store.standings(of: [skipping]).count == 1)
            #expect(try await store.standing(of: skipping, tests) == .skipped)
            _ = try await store.openPullRequests(500, limit: 50)
            _ = try await store.builds(500, BuildFilter(text: "x"), limit: 20)
            _ = try await store.builds(
                500, BuildFilter(ref: .branch("main"), state: .success, author: "y"), before: 9, limit: 20)
            #expect(try await store.jobs(build.id).count == 1)
            #expect(try await store.attempts(build.id, #require(HookID("tests"))).count == 1)
            _ = try await store.job(5)
            _ = try await store.project(project.repository)
            _ = try await store.project(id: 5)
            _ = try await store.webhooks(5)
            _ = try await store.deliveries(limit: 50)
            _ = try await store.deliveries(project.repository, before: 900, limit: 50)
            #expect(try await store.lastHeard(project.repository).foundSince == 1)
            _ = try await store.statuses(5, commit: "c5")
            _ = try await store.dueStatuses(now: Date(), limit: 10)
            let hash = [UInt8](repeating: 1, count: 32)
            let mona = PersonRecord(id: 7, login: "mona", sealedToken: nil, checkedAt: Date())
            try await store.signIn(mona, session: hash)
            _ = try await store.session(hash, adminRepository: project.repository)
            _ = try await store.sessions(ofPerson: 7)
            _ = try await store.roles(5)
            _ = try await store.roleReading(.project(5))

            let selects = statements.stop().filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") }
            #expect(selects.count >= 16)
            for sql in selects {
                for step in try await store.database.query("EXPLAIN QUERY PLAN \(sql)") {
                    let isScan = [
                        "build", "job", "delivery", "payload", "status", "webhook", "older", "role", "session",
                        "person", "pullRequest", "head", "newest",
                    ].contains {
                        step.contains("SCAN \($0)")
                    }
                    #expect(!isScan, "\(step) in \(sql)")
                }
            }
        }
    }

    @Test("the queue and the outbox read only the rows that are open")
    func partialIndexes() async throws {
        let statements = Recorder()
        try await Fixture.with(trace: { statements.add($0) }) { fixture in
            try await fixture.declare(["a"])
            try await fill(fixture.store.database)
            let cursor = try await fixture.store.figures(since: nil).cursor
            statements.start()
            _ = try await fixture.store.figures(since: cursor)
            _ = try await fixture.store.claimNextJob()
            _ = try await fixture.store.queuePlaces([1])
            _ = try await fixture.store.pendingDeliveries(limit: 10)
            _ = try await fixture.store.dueStatuses(now: Date(), limit: 10)
            _ = try await fixture.store.runningJobs()
            for sql in statements.stop() where sql.hasPrefix("SELECT") {
                for step in try await fixture.store.database.query("EXPLAIN QUERY PLAN \(sql)")
                where step.contains("SCAN")
                    && !["SCAN next", "SCAN (", "sqlite_master", "SCAN project", "SCAN json_each"].contains(
                        where: step.contains)
                {
                    let isPartial = [
                        "job_queued", "job_running", "delivery_received", "delivery_waiting", "status_due",
                        "drift_open",
                    ].contains {
                        step.contains($0)
                    }
                    #expect(isPartial, "\(step) in \(sql)")
                }
            }
        }
    }

    @Test("a delivery is found by its GUID, and a commit's deliveries and builds by its id, without reading the tables")
    func explanations() async throws {
        let statements = Recorder()
        try await Fixture.with(trace: { statements.add($0) }) { fixture in
            try await fixture.declare(["a"])
            _ = try await fixture.store.inbox.store(Fixture.delivery("g"))
            let database = fixture.store.database
            try await fill(database)
            for (repository, hook) in [("o/a", "lint"), ("o/b", "a"), ("o/b", "tests")] {
                _ = try await database.query(
                    """
                    INSERT INTO delivery (repository, repositoryKey, hook, guid, event, receivedAt, state, decision, sha)
                    VALUES ('\(repository)', '\(repository)', '\(hook)', 'g777', 'push', 0, 'done', 'runs', 'c77')
                    """)
            }
            statements.start()
            let found = try await fixture.store.deliveries(guid: "g777")
            #expect(
                found.map { "\($0.delivery.repository) \($0.delivery.hook)" }
                    == ["o/a tests", "o/a lint", "o/b a", "o/b tests"])
            #expect(try await fixture.store.deliveries(guid: "nothing").isEmpty)
            let name = RepositoryName("o/b")
            let all = try await fixture.store.explained(commit: "c77", repository: nil)
            // c77, c770 to c779, c7700 to c7799
            #expect(all.deliveries.count == 3 && all.builds.count == 111)
            let one = try await fixture.store.explained(commit: "c77", repository: name)
            #expect(one.deliveries.count == 2 && one.builds.isEmpty)
            let selects = statements.stop().filter { $0.hasPrefix("SELECT") }
            #expect(selects.count >= 6)
            for sql in selects {
                for step in try await database.query("EXPLAIN QUERY PLAN \(sql)") {
                    let isScan = ["build", "job", "delivery", "payload", "sample", "found", "later"].contains {
                        step.contains("SCAN \($0)")
                    }
                    #expect(!isScan, "\(step) in \(sql)")
                }
            }
        }
    }

    /// Copies the first project, with 20 builds of one job each.
    private func fill(_ database: DatabaseFile) async throws {
        let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %)"
        func counted(_ count: Int, _ sql: String) -> String {
            "\(numbers.replacing("%", with: "\(count)")) \(sql)"
        }
        for sql in [
            "DELETE FROM build",
            """
            INSERT INTO project (id, repository, repositoryKey, isActive, config, configCommit, condition,
                conditionSince, lastBuildNumber, createdAt)
            SELECT i, 'o/p' || i, 'o/p' || i, 1, config, 'c1', 'ready', 0, 20, 0 FROM n, project
            WHERE project.id = 1 AND i > 1
            """,
            """
            INSERT INTO build (id, projectID, number, ref, sha, message, authorName, kind, trusted, configCommit,
                state, createdAt, startedAt, finishedAt, statusMode, page)
            SELECT i, 1 + (i - 1) / 20, 1 + (i - 1) % 20, 'refs/heads/main', 'c' || i, 'A message', 'Mona',
                'push', 1, 'c1', 'success', 0, 0, 0, 'build', '' FROM n
            """,
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, createdAt, startedAt,
                finishedAt, page)
            SELECT i, 1 + (i - 1) / 20, 'tests', 'Tests', json_extract(config, '$.hooks[0]'), 1, 'success', 0, 0,
                0, '' FROM n, project WHERE project.id = 1
            """,
            """
            INSERT INTO status (projectID, sha, context, buildID, state, description, targetURL, sequence,
                acknowledgedSequence, nextTryAt)
            SELECT 1 + (i - 1) / 20, 'c' || i, 'Kozmic CI', i, 'success', '', '', 3, 3, 0 FROM n
            """,
            """
            INSERT INTO delivery (repository, repositoryKey, hook, guid, event, receivedAt, state, decision)
            SELECT 'o/a', 'o/a', 'tests', 'g' || i, 'push', 0, 'done', 'runs' FROM n
            """,
        ] {
            let count = sql.contains("INTO project") ? 1_000 : 20_000
            _ = try await database.query(sql.hasPrefix("INSERT") ? counted(count, sql) : sql)
        }
    }
}

/// Collects the statements that SQLite runs.
final class Recorder: Sendable {
    private let statements = Mutex<[String]?>(nil)

    func add(_ sql: String) { statements.withLock { $0?.append(sql) } }

    func start() { statements.withLock { $0 = [] } }

    func stop() -> [String] {
        statements.withLock { statements in
            defer { statements = nil }
            return statements ?? []
        }
    }
}
