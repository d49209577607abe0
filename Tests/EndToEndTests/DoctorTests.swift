import Foundation
import Testing

@testable import kozmic

/// `kozmic doctor` against the stand-in for GitHub, and a server that is a GitHub App.
@Suite("What GitHub grants, and what is missing")
struct DoctorTests {
    private static let files = [
        "projects/project.yaml": """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            build_script: "#!/bin/sh\\ntrue\\n"
        """
    ]

    fileprivate struct Line: Decodable {
        var name: String
        var state: String
        var detail: String
        var advice: String?
    }

    @Test(
        "with a token: scopes, rights on each repository, and whether GitHub reaches the server",
        .timeLimit(.minutes(5)))
    func token() async throws {
        try await World.with(Self.files, World.Setup(serves: false)) { world in
            let good = try await world.doctor(token: World.token)
            #expect(good["GitHub token"]?.state == "ok")
            #expect(good["project \(world.repository)"]?.detail == "the token has admin rights")
            #expect(good["admin repository acme/config"]?.state == "ok")

            let none = try await world.doctor(token: "")
            #expect(none["GitHub token"]?.state == "failed")
            let wrong = try await world.doctor(token: "ghp_nobodys")
            #expect(wrong["GitHub token"]?.advice?.contains("--github-token-file") == true)

            try await world.client.control("POST", "users", ["login": "guest", "token": "token-of-guest"])
            let guest = try await world.doctor(token: "token-of-guest", config: "\(world.folder)/none")
            #expect(guest["admin repository"]?.state == "failed")
            try await world.client.control("PUT", "repos/acme/config/collaborators/guest", ["permission": "pull"])
            let reader = try await world.doctor(token: "token-of-guest")
            #expect(reader["project \(world.repository)"]?.state == "failed")
            #expect(reader["project \(world.repository)"]?.advice?.contains("admin rights") == true)
            #expect(reader["admin repository acme/config"]?.state == "warning")
        }
    }

    @Test("with an app: each permission and installation that is missing, with what to do", .timeLimit(.minutes(5)))
    func app() async throws {
        try await World.with(Self.files, World.Setup(serves: false)) { world in
            let flags = try await world.makeApp(["contents": "read", "statuses": "write"])
            let lacking = try await world.doctor(flags)
            #expect(lacking["GitHub App"]?.state == "failed")
            #expect(lacking["GitHub App for acme"]?.detail == "it is not installed there")
            try await world.install()
            let installed = try await world.doctor(flags)
            #expect(
                installed.lines.filter { $0.name == "GitHub App for acme" }.map(\.detail) == [
                    "it lacks Pull requests (read)", "it lacks Administration (read and write)",
                    "it lacks Webhooks (read and write)",
                ])
            try await world.change([
                "permissions": [
                    "contents": "read", "statuses": "write", "pull_requests": "read", "administration": "write",
                    "repository_hooks": "write",
                ]
            ])
            let good = try await world.doctor(flags)
            #expect(good["GitHub App for acme"]?.state == "ok")
            #expect(good["project \(world.repository)"]?.detail == "the app sees it")
            #expect(good["admin repository"]?.state == "ok", "fetched with the installation's token")
            try await world.change(["suspended": true])
            #expect(try await world.doctor(flags)["GitHub App for acme"]?.detail == "it is suspended")
        }
    }

    @Test("a server that is an app makes webhooks, and goes on when its token ends", .timeLimit(.minutes(5)))
    func serve() async throws {
        try await World.with(Self.files, World.Setup(serves: false)) { world in
            let flags = try await world.makeApp([
                "contents": "read", "statuses": "write", "pull_requests": "read", "administration": "write",
                "repository_hooks": "write",
            ])
            try await world.install()
            try await world.serve(flags, token: "")
            try await world.client.control("DELETE", "apps/\(world.app())/tokens")
            try await world.configure([
                "projects/project.yaml": (Self.files["projects/project.yaml"] ?? "")
                    + "\n  style:\n    image: IMAGE\n    build_script: \"#!/bin/sh\\ntrue\\n\"\n"
            ])
            try await world.client.eventually("the second webhook", within: .seconds(60)) {
                try await world.webhooks().count == 2 ? true : nil
            }
            #expect(!world.controllerLog.contains("ghs_"))
            let metrics = try await world.client.page("_metrics")
            #expect((metrics ?? "").contains("kozmic_github_quota_remaining{identity=\"installation "))
        }
    }

    fileprivate struct Report {
        fileprivate var lines: [Line]

        fileprivate subscript(name: String) -> Line? { lines.first { $0.name == name } }
    }
}

extension World {
    fileprivate func doctor(_ more: [String] = [], token: String = "", config: String? = nil) async throws
        -> DoctorTests.Report
    {
        let result = try await Shell.result(
            Program.kozmic,
            [
                "doctor", "--output", "json", "--config-repo", config ?? "\(client.gitHub)/acme/config.git",
                "--data-dir",
                dataDirectory, "--github-url", client.gitHub, "--docker-host", "unix:///nonexistent",
            ] + more, environment: ["KOZMIC_GITHUB_TOKEN": token])
        return DoctorTests.Report(
            lines: try JSONDecoder().decode([DoctorTests.Line].self, from: Data(result.output.utf8)))
    }

    private var appFile: String { "\(folder)/app.id" }

    fileprivate func app() throws -> String { try String(contentsOfFile: appFile, encoding: .utf8) }

    /// Registers an app with these permissions. Answers the flags for it.
    fileprivate func makeApp(_ permissions: [String: String]) async throws -> [String] {
        struct Made: Decodable { var id: Int64 }
        let made = try await client.control(
            "POST", "apps",
            ["slug": "ci", "owner": "octocat", "public_key": AppKeys.publicKey, "permissions": permissions],
            as: Made.self)
        try "\(made.id)".write(toFile: appFile, atomically: true, encoding: .utf8)
        try AppKeys.privateKey.write(toFile: "\(folder)/app.pem", atomically: true, encoding: .utf8)
        return ["--github-app-id", "\(made.id)", "--github-app-key-file", "\(folder)/app.pem"]
    }

    fileprivate func install() async throws {
        try await client.control("POST", "apps/\(app())/installations", ["account": "acme"])
    }

    fileprivate func change(_ body: [String: any Sendable]) async throws {
        try await client.control("PATCH", "apps/\(app())/installations/acme", body)
    }
}
