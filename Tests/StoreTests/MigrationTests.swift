import Foundation
import GRDB
import Model
import Testing

@testable import Store

/// A database of every earlier version, with rows, becomes today's and loses nothing.
@Suite("Migrations from every earlier schema")
struct MigrationTests {
    static let versions = Array(Schema.migrator.migrations.indices)

    @Test("rows written by an earlier version are all there, and the store works with them", arguments: versions)
    func upgrade(from version: Int) async throws {
        try await Fixture.withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let before = try Self.make("\(folder)/kozmic.sqlite", upTo: version)
            #expect(before.keys.contains("build"))

            let store = try await Store.open(dataDirectory: folder)
            for (table, old) in before {
                let columns = old.columns.map { "\"\($0)\"" }.joined(separator: ", ")
                let now = try await store.database.query("SELECT \(columns) FROM \(table) ORDER BY \(columns)")
                #expect(now == old.rows, "\(table)")
            }
            #expect(try await store.database.query("PRAGMA integrity_check") == ["ok"])
            #expect(try await store.database.query("PRAGMA foreign_key_check") == [])
            try await Self.use(store)
            await store.close()
        }
    }

    @Test("a build that an earlier version held for an approval is held, and its jobs report as it did")
    func heldBuild() async throws {
        try await Fixture.withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let last = try #require(Schema.migrator.migrations.firstIndex { $0.hasPrefix("24 ") })
            _ = try Self.make("\(folder)/kozmic.sqlite", upTo: last)
            let queue = try DatabaseQueue(path: "\(folder)/kozmic.sqlite")
            try await queue.write { db in
                try db.execute(
                    sql: "UPDATE build SET needsApproval = 1, trusted = 0, statusMode = 'both' WHERE number = 2")
            }
            try queue.close()

            let store = try await Store.open(dataDirectory: folder)
            #expect(try await store.claimNextJob() == nil)
            let build = try #require(try await store.latestBuild(1))
            #expect(build.number == 2 && build.awaitsApproval)
            try await store.approve(build.id, by: "mona")
            #expect(try await store.claimNextJob()?.build.id == build.id)
            let contexts = try await store.statuses(1, commit: "b2").map(\.wanted.context).sorted()
            #expect(contexts == ["Kozmic CI", "Kozmic CI / tests"])
            await store.close()
        }
    }

    @Test("a released migration stays as it is: other servers have carried it out")
    func unchanged() throws {
        // The text of all tables and indexes after each migration; one that is changed later shows here.
        let released: [UInt64] = [
            0xbb05463217c82840,
            0x1b55c6066f2afc2a,
            0xe242a799d9d8f3e1,
            0x4ec4caa1c3000f1d,
            0x3b890cef09b409cd,
            0xd3d0e7f5573ba74f,
            0xd7df32fdd804a446,
            0x4d82785079556096,
            0xa0bc0f60f91269eb,
            0x1b42c6bbd0218495,
            0xd7808ed196c5f59b,
            0x2c9d98db4536a4d3,
            0xd6571c0135114f72,
            0xf351cdea27ae39a1,
            0x82525264c89c9f82,
            0x7d15a879854c3853,
            0xb5e13b1566e8e16c,
            0xc5578b9e4c803bed,
            0x45469c13447efbe8,
            0xa7c40fa17ec5e8b9,
            0x33b879f1a0bb7074,
            0x4d9f17712f68b5e2,
            0x90748efa8e80d21d,
            0x8148b980ea4b2f32,
            0x2c1c2d617ffa614b,
            0xa3b1598fd7dd55e9,
            0x22dfcddb4c985380,
            0xbe3a36f3701f2791,
            0x800634dbc3ed1bd2,
        ]
        #expect(released.count == Schema.migrator.migrations.count, "a new migration is added here with its hash")
        for (version, expected) in released.enumerated() {
            let queue = try DatabaseQueue()
            try Schema.migrator.migrate(queue, upTo: Schema.migrator.migrations[version])
            let text = try queue.read { db in
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'grdb%'
                        ORDER BY type, name
                        """)
            }
            let found = Self.hash(text.joined().filter { !$0.isWhitespace && $0 != "\"" })
            #expect(found == expected, "after '\(Schema.migrator.migrations[version])': \(found)")
        }
    }

    private struct Table {
        var columns: [String]
        var rows: [String]
    }

    /// A database that lived through all versions up to that one, and was used with each.
    private static func make(_ path: String, upTo version: Int) throws -> [String: Table] {
        let queue = try DatabaseQueue(path: path)
        for (number, name) in Schema.migrator.migrations.enumerated() where number <= version {
            try Schema.migrator.migrate(queue, upTo: name)
            try queue.write { db in
                for sql in number < rows.count ? rows[number] : [] {
                    try db.execute(sql: sql.replacing("CONFIG", with: config).replacing("HOOK", with: hook))
                }
            }
        }
        let tables = try queue.read { db in
            var tables: [String: Table] = [:]
            let names = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for name in names where name != "grdb_migrations" {
                let columns = try db.columns(in: name).map(\.name)
                let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
                let found = try Row.fetchAll(db, sql: "SELECT \(list) FROM \(name) ORDER BY \(list)").map { row in
                    row.databaseValues.map { String.fromDatabaseValue($0) ?? "\($0)" }.joined(separator: "|")
                }
                tables[name] = Table(columns: columns, rows: found)
                if version < rows.count { #expect(!found.isEmpty, "no row of \(name) is tried") }
            }
            return tables
        }
        try queue.close()
        return tables
    }

    /// What a server and its pages do first.
    private static func use(_ store: Store) async throws {
        let name = try #require(RepositoryName("acme/widget"))
        let project = try #require(try await store.project(name))
        #expect(project.defaultBranch == "main")
        #expect(try await store.projectOverview().map(\.recent.count) == [2])
        #expect(try await store.builds(project.id, limit: 10).map(\.state) == [.queued, .failure])
        #expect(try await store.webhooks(project.id).count == 1)
        #expect(try await store.deliveries(limit: 10).count == 2)
        #expect(try await store.pendingDeliveries(limit: 10).count == 1)
        let claimed = try #require(try await store.claimNextJob())
        #expect(claimed.build.number == 2)
        try await store.finishJob(claimed.job.id, .success)
        #expect(try await store.latestBuild(project.id)?.state == .success)
        #expect(try await store.statuses(project.id, commit: "b2").map(\.wanted.state) == [.success])
        _ = try await store.figures(since: nil)
    }

    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// As the first version wrote it, before there were settings that came later.
    private static let hook =
        ##"{"id":"tests","title":"Tests","image":"debian","user":"kozmic","buildScript":"#!/bin/sh\ntrue\n"}"##
    private static let config = #"{"repository":"acme/widget","hooks":[\#(hook)]}"#

    /// For each migration, what a server of that version writes into what is new in it.
    private static let rows: [[String]] = [
        [
            """
            INSERT INTO configRevision (sha, authorName, committedAt, message, readAt, appliedAt, diagnostics)
            VALUES ('c1', 'Mona', 1, 'Configure', 2, 3, '[]')
            """,
            "INSERT INTO configProblem VALUES (1, 'unreachable', 5)",
            """
            INSERT INTO project (repository, repositoryKey, isActive, config, configCommit, githubID, isPrivate,
                defaultBranch, condition, conditionSince, lastBuildNumber, createdAt)
            VALUES ('acme/widget', 'acme/widget', 1, 'CONFIG', 'c1', 77, 0, 'main', 'ready', 4, 2, 4)
            """,
            "INSERT INTO webhook VALUES (900, 1, 'tests', 'abcd', 'http://ci/_hooks/acme/widget/tests', 6)",
            """
            INSERT INTO delivery (repository, repositoryKey, hook, guid, event, receivedAt, state, decision, buildNumber)
            VALUES ('acme/widget', 'acme/widget', 'tests', 'g1', 'push', 7, 'done', 'runs', 1),
                ('acme/widget', 'acme/widget', 'tests', 'g2', 'push', 8, 'received', NULL, NULL)
            """,
            "INSERT INTO payload VALUES (1, x'7B7D'), (2, x'7B7D')",
            """
            INSERT INTO build (projectID, number, ref, sha, message, authorName, kind, trusted, configCommit, state,
                createdAt, startedAt, finishedAt, statusMode, page)
            VALUES (1, 1, 'refs/heads/main', 'a1', 'One', 'Mona', 'push', 1, 'c1', 'failure', 9, 10, 11, 'build', 'p1'),
                (1, 2, 'refs/heads/main', 'b2', 'Two', 'Mona', 'push', 1, 'c1', 'queued', 12, NULL, NULL, 'build', 'p2')
            """,
            """
            INSERT INTO job (buildID, projectID, hook, title, config, attempt, state, exitCode, createdAt, startedAt,
                finishedAt, page)
            VALUES (1, 1, 'tests', 'Tests', 'HOOK', 1, 'failure', 1, 9, 10, 11, 'p1'),
                (2, 1, 'tests', 'Tests', 'HOOK', 1, 'queued', NULL, 12, NULL, NULL, 'p2')
            """,
            """
            INSERT INTO status (projectID, sha, context, buildID, state, description, targetURL, nextTryAt)
            VALUES (1, 'b2', 'Kozmic CI', 2, 'pending', 'Build #2 waits', 'p2', 12)
            """,
        ],
        [
            "INSERT INTO deployKey VALUES (1, 'ssh-ed25519 AAAA', 'SHA256:xyz', x'0102', 55, 13)",
            "INSERT INTO baseline VALUES (1, '{}', 'git@github.com:acme/widget.git', 14)",
            "INSERT INTO drift (projectID, object, field, old, new, foundAt) VALUES (1, 'o', 'f', 'a', 'b', 15)",
        ],
        ["INSERT INTO schedule VALUES (1, 'tests', '0 4 * * *', 16)"],
        ["INSERT INTO serverSettings VALUES (1, '{}')"],
        ["INSERT INTO headBaseline VALUES (1, 17)", "INSERT INTO head VALUES (1, 'refs/heads/main', 'b2')"],
        ["INSERT INTO adminWebhook VALUES (1, 'acme/config', 901, 'efgh')"],
        ["UPDATE build SET eventAt = 18 WHERE id = 1"],
        ["INSERT INTO observation VALUES (1, '{}', 19)"],
        [
            "INSERT INTO configFile (path, object, history) VALUES ('kozmic.yaml', 'blob', '[]')",
            "INSERT INTO projectSettings VALUES (1, 'c1', '{}')",
            "UPDATE delivery SET sha = 'a1', explanation = '{}' WHERE id = 1",
        ],
        [
            "INSERT INTO cacheUse VALUES (1, 'tests', 'key', 20)",
            "UPDATE job SET verdictKey = 'v', keptUntil = 21 WHERE id = 1",
            "INSERT INTO removedBuild VALUES (1, 99, 'refs/heads/main', 'old', 'success', 1, 2)",
            "INSERT INTO removedLog VALUES (4000)",
        ],
        ["UPDATE build SET approvedBy = 'mona' WHERE id = 1"],
        ["INSERT INTO install VALUES (1, 1, 'tests', 22, 23)"],
        [
            "INSERT INTO person VALUES (7, 'mona', 'Mona', x'03', 24)",
            "INSERT INTO session VALUES (zeroblob(32), 7, 25, 26, 27)",
            "INSERT INTO role VALUES (1, 7, 'mona', 'admin')",
            "INSERT INTO adminReader VALUES (7, 'acme/config', 'mona')",
            "INSERT INTO roleReading (projectID, readAt) VALUES (1, 28)",
            "INSERT INTO wantedSync VALUES (1)",
        ],
        [
            "INSERT INTO pendingPlan VALUES (1, '{}')",
            "UPDATE configFile SET progress = 'wanted'",
        ],
        [
            "INSERT INTO secretGeneration VALUES ('acme/widget', 'tests', 2)",
            "INSERT INTO formerSecret VALUES ('acme/widget', 'tests', 'abcd', 29)",
            "INSERT INTO rotationRequest VALUES ('r1', 30)",
            "INSERT INTO deployKey VALUES (1, 'ssh-ed25519 BBBB', 'SHA256:new', x'04', NULL, 31, 1, 'next')",
        ],
        ["INSERT INTO gitHubWrite VALUES ('kozmic', 32, 1)", "INSERT INTO fullPass VALUES (1, 1, 33, 34)"],
    ]
}
