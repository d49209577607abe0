import Config
import Foundation
import Model
import Store
import Testing

@testable import Controller

@Suite("What a server would make of a revision, without it", .timeLimit(.minutes(5)))
struct AdminRevisionTests {
    @Test("a revision that would be held says so, from a branch and from a work tree, and no more once it is confirmed")
    func held() async throws {
        try await AdminFixture.with { admin in
            let names = ["a", "b", "c", "d"]
            try await admin.apply(
                Dictionary(
                    uniqueKeysWithValues: names.map { ("projects/\($0).yaml", AdminFixture.project($0, "tests")) }))
            let data = "\(admin.folder)/data"
            #expect(try await Store.peekApplied(dataDirectory: "\(admin.folder)/none") == nil)
            let applied = try #require(try await Store.peekApplied(dataDirectory: data))
            #expect(applied.projects.count == 4)
            func read(_ revision: String) async throws -> String? {
                try await AdminRevision.read(admin.configuration, revision: revision, applied: applied).refusal
            }
            func judge() async throws -> String? {
                let folder = "\(admin.folder)/admin"
                let result = ConfigReader.read(try ConfigSource.directory(folder))
                return try await AdminRevision.judge(result, folder: folder, applied: applied).refusal
            }
            #expect(try await read("main") == nil)
            #expect(try await judge() == nil)

            try admin.git("switch", "-q", "-c", "less")
            try admin.git("rm", "-q", "projects/a.yaml", "projects/b.yaml")
            #expect(try await judge()?.contains("'Kozmic-Allow-Prune: 2'") == true)
            try admin.git("commit", "-q", "-m", "Less")
            #expect(try await read("less")?.contains("'Kozmic-Allow-Prune: 2'") == true)
            #expect(try await read("main") == nil)
            try admin.git("commit", "-q", "--allow-empty", "-m", "Meant\n\nKozmic-Allow-Prune: 2")
            #expect(try await read("less") == nil)
            #expect(try await judge() == nil)
            // Without a server nothing is held.
            #expect(try await AdminRevision.read(admin.configuration, revision: "less~1").refusal == nil)
        }
    }

    @Test("a commit that is not signed by an allowed key says so")
    func signers() async throws {
        try await AdminFixture.with { admin in
            let key = try admin.makeKey("ada")
            try await admin.apply([
                "kozmic.yaml": "version: 1\nallowed_signers:\n  - \(key.line)\n",
                "projects/a.yaml": AdminFixture.project("a", "tests"),
            ])
            let applied = try #require(try await Store.peekApplied(dataDirectory: "\(admin.folder)/data"))
            try admin.git("switch", "-q", "-c", "topic")
            try admin.git("commit", "-q", "--allow-empty", "-m", "Unsigned")
            let refusal = try await AdminRevision.read(admin.configuration, revision: "topic", applied: applied).refusal
            #expect(refusal?.contains("sign") == true)
        }
    }
}
