import Foundation
import Logging
import Model
import Store
import Testing

@testable import Controller

@Suite("From the admin repository into the store", .timeLimit(.minutes(5)))
struct ConfigSyncTests {
    private func files(_ names: String...) -> [String: String?] {
        Dictionary(uniqueKeysWithValues: names.map { ("projects/\($0).yaml", AdminFixture.project($0, "tests")) })
    }

    @Test("A commit that removes most of the projects is held until one confirms the number")
    func prune() async throws {
        try await AdminFixture.with { admin in
            try await admin.apply(files("a", "b", "c", "d"))
            let good = try await admin.latest()
            #expect(good.appliedAt != nil && good.error == nil)

            try await admin.apply(["projects/a.yaml": nil, "projects/b.yaml": nil], "Oops")
            #expect(try await admin.active() == ["a tests", "b tests", "c tests", "d tests"])
            let held = try await admin.latest()
            #expect(held.appliedAt == nil && held.message == "Oops\n")
            #expect(held.error?.contains("removes 2 of 4 projects (acme/a, acme/b)") == true)
            #expect(held.error?.contains("'Kozmic-Allow-Prune: 2'") == true)
            #expect(try await admin.store.appliedConfigRevision()?.commit == good.commit)
            // Looked at again, it stays as it is, and nobody is told anew.
            try await admin.look()
            #expect(try await admin.latest().readAt == held.readAt)

            try await admin.apply([:], "Yes\n\nKozmic-Allow-Prune: 3\n")
            #expect(try await admin.active().count == 4)
            #expect(try await admin.latest().error?.contains("(not 3)") == true)

            // The trailer in a commit that is merged counts too.
            try admin.git("switch", "-q", "-c", "topic")
            try admin.git("commit", "-q", "--allow-empty", "-m", "Yes\n\nKozmic-Allow-Prune: 2\n")
            try admin.git("switch", "-q", "main")
            try admin.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
            try await admin.look()
            #expect(try await admin.active() == ["c tests", "d tests"])
            #expect(try await admin.latest().appliedAt != nil)

            // What was confirmed once confirms nothing later.
            try await admin.apply(files("e", "f"))
            try await admin.apply(["projects/c.yaml": nil, "projects/d.yaml": nil], "Oops again")
            #expect(try await admin.active().count == 4)
            // Taken back, all is well.
            try admin.git("revert", "--no-edit", "HEAD")
            try await admin.look()
            let last = try await admin.latest()
            #expect(last.error == nil && last.appliedAt != nil)
        }
    }

    @Test("One project or hook less is nothing to ask about, but the last project is; the fraction is the applied one")
    func small() async throws {
        try await AdminFixture.with { admin in
            try await admin.apply(["projects/a.yaml": AdminFixture.project("a", "x", "y")])
            try await admin.apply(files("b"))
            try await admin.apply(["projects/a.yaml": AdminFixture.project("a", "y")])
            #expect(try await admin.active() == ["a y", "b tests"])
            try await admin.apply(["projects/b.yaml": nil])
            #expect(try await admin.active() == ["a y"])
            try await admin.apply(["projects/a.yaml": nil, "kozmic.yaml": "prune: {max_fraction: 1}\n"])
            #expect(try await admin.active() == ["a y"])
            try await admin.apply(["projects/a.yaml": AdminFixture.project("a", "y")])
            for name in ["b", "c", "d"] { try await admin.apply(files(name)) }
            try await admin.apply(["projects/b.yaml": nil, "projects/c.yaml": nil, "projects/d.yaml": nil])
            #expect(try await admin.active() == ["a y"])
        }
    }

    @Test("Only commits signed by the keys of the applied revision are applied")
    func signers() async throws {
        try await AdminFixture.with { admin in
            let (ann, bob) = (try admin.makeKey("ann"), try admin.makeKey("bob"))
            try await admin.apply(files("a"))
            // The first revision that names keys is taken on trust.
            try await admin.apply(["kozmic.yaml": "allowed_signers: ['\(ann.line)']\n"])
            #expect(try await admin.latest().appliedAt != nil)

            try await admin.apply(files("b"), "Unsigned")
            #expect(try await admin.active() == ["a tests"])
            #expect(try await admin.latest().error?.contains("is not signed") == true)
            // Nobody lets himself in.
            try await admin.apply(
                ["kozmic.yaml": "allowed_signers: ['\(bob.line)']\n"], "Bob", key: bob.file)
            #expect(try await admin.active() == ["a tests"])
            #expect(try await admin.latest().error?.contains("does not name") == true)

            try await admin.apply([:], "Ann lets Bob in", key: ann.file)
            #expect(try await admin.active() == ["a tests", "b tests"])
            try await admin.apply(files("c"), "Bob again", key: bob.file)
            #expect(try await admin.active() == ["a tests", "b tests", "c tests"])

            // The signature of another content.
            let commit = try admin.git("cat-file", "commit", "HEAD").replacing("Bob again", with: "Bob, but not he")
            let forged = try admin.git(
                "hash-object", "-t", "commit", "-w", "--stdin", input: commit
            ).trimmingCharacters(in: .newlines)
            try admin.git("reset", "-q", "--hard", forged)
            try await admin.look()
            #expect(try await admin.latest().error?.contains("is not valid") == true)
            #expect(try await admin.latest().appliedAt == nil)
        }
    }

    @Test("A secret that the server cannot open holds its own project back, at its line")
    func secrets() async throws {
        let old = try #require(SecretKey(bytes: Array(100..<132)))
        try await AdminFixture.with(old: [old]) { admin in
            let repository = try #require(RepositoryName("acme/a"))
            let stranger = try #require(SecretKey(bytes: Array(200..<232)))
            func project(_ key: SecretKey) throws -> String {
                let sealed = try SealedSecret.seal(
                    "value", for: repository, name: "TOKEN", with: OpeningKey(key).sealingKey)
                return AdminFixture.project("a", "tests", extra: "    secrets: {TOKEN: '\(sealed)'}\n")
            }
            for key in [admin.secretKey, old] {
                try await admin.apply(["projects/a.yaml": try project(key)])
                let diagnostics = try await admin.latest().diagnosticsJSON
                #expect(!diagnostics.contains("\"error\""), "\(diagnostics)")
            }
            let good = try #require(try await admin.store.project(repository))
            try await admin.apply(files("b").merging(["projects/a.yaml": try project(stranger)]) { $1 })
            #expect(try await admin.active() == ["a tests", "b tests"])
            #expect(try await admin.store.project(repository)?.config == good.config)
            let diagnostics = try await admin.latest().diagnosticsJSON
            #expect(diagnostics.contains("the secret TOKEN cannot be opened") && diagnostics.contains("\"line\":6"))
        }
    }

    @Test("A start reads the applied commit again: a secret that another key seals is opened once the server has it")
    func keyRotation() async throws {
        try await AdminFixture.with { admin in
            let repository = try #require(RepositoryName("acme/a"))
            let next = try #require(SecretKey(bytes: Array(200..<232)))
            func project(_ key: SecretKey) throws -> String {
                let sealed = try SealedSecret.seal(
                    "value", for: repository, name: "TOKEN", with: OpeningKey(key).sealingKey)
                return AdminFixture.project("a", "tests", extra: "    secrets: {TOKEN: '\(sealed)'}\n")
            }
            func start(_ key: SecretKey) async throws {
                var configuration = admin.configuration
                configuration.secretKey = key
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                let sync = ConfigSync(configuration: configuration, store: admin.store, logger: logger)
                #expect(await sync.pass())
                // What this start has read is not read once more.
                let read = try await admin.latest().readAt
                #expect(await sync.pass())
                #expect(try await admin.latest().readAt == read)
            }
            try await admin.apply(["projects/a.yaml": try project(admin.secretKey)])
            let former = try #require(try await admin.store.project(repository))
            try await admin.apply(["projects/a.yaml": try project(next)], "Seal for the next key")
            #expect(try await admin.store.project(repository)?.config == former.config)

            try await start(next)
            let latest = try await admin.latest()
            #expect(latest.diagnosticsJSON == "[]" && latest.appliedAt != nil)
            #expect(try await admin.store.project(repository)?.config != former.config)

            // A start without the key says so, and keeps what is applied.
            try await start(admin.secretKey)
            #expect(try await admin.latest().diagnosticsJSON.contains("cannot be opened"))
            #expect(try await admin.latest().appliedAt != nil)
            #expect(try await admin.active() == ["a tests"])
        }
    }

    @Test("Only projects whose configuration changed are touched, defaults and script files included")
    func proportional() async throws {
        try await AdminFixture.with { admin in
            func commits() async throws -> [String: String] {
                Dictionary(
                    uniqueKeysWithValues: try await admin.store.activeProjects().map {
                        ($0.repository.name, $0.configCommit)
                    })
            }
            let scripted = AdminFixture.project("s", "tests").replacing("'#!/bin/sh'", with: "{file: test.sh}")
            try await admin.apply(
                files("a", "b").merging(["projects/s.yaml": scripted, "test.sh": "#!/bin/sh\n"]) { $1 })
            let first = try await commits()
            #expect(Set(first.values).count == 1)
            try await admin.apply([
                "projects/a.yaml": AdminFixture.project("a", "tests") + "timeout: 5m\n", "README": "x",
            ])
            let second = try await commits()
            #expect(second["a"] != first["a"] && second["b"] == first["b"] && second["s"] == first["s"])
            try await admin.apply(["test.sh": "#!/bin/sh\ntrue\n"])
            let third = try await commits()
            #expect(third["s"] != second["s"] && third["a"] == second["a"] && third["b"] == second["b"])
            try await admin.apply(["kozmic.yaml": "defaults: {stall_timeout: 5m}\n"])
            let fourth = try await commits()
            #expect(Set(fourth.values).count == 1 && fourth["a"] != third["a"])
        }
    }
}
