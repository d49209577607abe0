import Foundation
import Testing

@testable import kozmic

@Suite("kozmic import")
struct ImportTests {
    @Test("the files for what GitHub has pass the linter, and their plan is empty")
    func wholeOrganization() async throws {
        var setup = World.Setup()
        setup.serves = false
        try await World.with([:], setup) { world in
            let name = String(world.repository.dropFirst(5))
            for login in ["alice", "bob", "null"] {
                try await world.client.control("POST", "users", ["login": login])
            }
            try await world.makeRepository("secret", ["README": "x\n"], isPrivate: true)
            try await world.makeRepository("old", ["README": "x\n"])
            try await world.client.control("PATCH", "repos/acme/old", ["archived": true])
            try await world.client.control(
                "PUT", "repos/acme/\(name)/collaborators/alice", ["permission": "push"])
            try await world.client.control("PUT", "repos/acme/secret/collaborators/null", ["permission": "admin"])
            let folder = "\(world.folder)/admin"
            let access = [
                "KOZMIC_GITHUB_TOKEN": World.token, "KOZMIC_DATA_DIR": "\(world.folder)/none",
            ]
            func kozmic(_ arguments: [String]) async throws -> Shell.Result {
                try await Shell.result(Program.kozmic, arguments, environment: access, withErrors: true)
            }
            let flags = ["--github-url", world.client.gitHub]
            let written = try await kozmic(["import", "--org", "acme", "--into", folder] + flags)
            #expect(written.status == 0, "\(written.output)")
            #expect(written.output.contains("left out: acme/old: archived"))
            #expect(try await kozmic(["lint", folder]).status == 0)
            let plan = try await kozmic(["plan", folder] + flags)
            #expect(plan.status == 0 && plan.output.contains("2 projects, 0 changes, 0 errors"), "\(plan.output)")
            // Once more: nothing is overwritten.
            let again = try await kozmic(["import", world.repository, "--into", folder] + flags)
            #expect(again.status == 1 && again.output.contains("exists already"))

            // The same for a server that is an app: it sees what it was given.
            let app = try await world.makeApp(
                [
                    "metadata": "read", "administration": "write", "repository_hooks": "write", "contents": "read",
                    "statuses": "write", "pull_requests": "read", "members": "read",
                ])
            try await world.install(["repositories": [world.repository, "acme/secret", "acme/old"]])
            try await world.makeRepository("hidden", ["README": "x\n"])
            let other = "\(world.folder)/of-the-app"
            func asApp(_ arguments: [String]) async throws -> Shell.Result {
                try await Shell.result(
                    Program.kozmic, arguments + flags + app,
                    environment: ["KOZMIC_DATA_DIR": "\(world.folder)/none", "KOZMIC_GITHUB_TOKEN": ""],
                    withErrors: true)
            }
            let given = try await asApp(["import", "--org", "acme", "--into", other])
            #expect(given.status == 0 && given.output.contains("left out: acme/old: archived"), "\(given.output)")
            #expect(!given.output.contains("hidden"))
            let same = try await asApp(["plan", other])
            #expect(same.status == 0 && same.output.contains("2 projects, 0 changes, 0 errors"), "\(same.output)")
            let stranger = try await asApp(["import", "--org", "octocat", "--into", other])
            #expect(stranger.status == 1 && stranger.output.contains("not installed for octocat"), "\(stranger.output)")

            let printed = try await kozmic(["import", "acme/secret"] + flags)
            #expect(printed.status == 0 && printed.output.contains("    'null': admin\n"), "\(printed.output)")
            let json = try await Shell.result(
                Program.kozmic, ["import", "acme/secret", "acme/nothing", "--output", "json"] + flags,
                environment: access)
            #expect(json.status == 1)
            let objects = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]], "\(json.output)")
            #expect(objects.map { $0["repository"] as? String } == ["acme/secret", "acme/nothing"])
            #expect(objects.first?["text"] as? String == printed.output && objects.last?["error"] is String)
            let missing = try await kozmic(["import", "acme/nothing"] + flags)
            #expect(missing.status == 1 && missing.output.hasPrefix("acme/nothing: "), "\(missing.output)")
        }
    }
}
