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

    @Test(
        "scopes that are missing, repositories that moved or take no changes, files with errors, webhooks that do not work",
        .timeLimit(.minutes(5)))
    func repositories() async throws {
        var files = Self.files
        for name in ["old", "moved"] {
            files["projects/\(name).yaml"] = (Self.files["projects/project.yaml"] ?? "")
                .replacing("REPOSITORY", with: "acme/\(name)")
        }
        files["projects/broken.yaml"] = "repository: acme/broken\nhooks: nothing\n"
        try await World.with(files, World.Setup(serves: false)) { world in
            for name in ["old", "moved"] { try await world.makeRepository(name, ["README": "x\n"]) }
            try await world.client.control("PATCH", "repos/acme/old", ["archived": true])
            try await world.client.control("PATCH", "repos/acme/moved", ["name": "elsewhere"])
            let own = "\(world.client.kozmic)/_hooks/\(world.repository)/"
            for (hook, isActive) in [("tests", true), ("lint", false)] {
                try await world.ask(
                    "POST", "repos/\(world.repository)/hooks",
                    ["name": "web", "active": isActive, "events": ["push"], "config": ["url": own + hook]])
            }
            // GitHub greets a webhook, and nobody answers.
            try await world.client.control("GET", "idle?timeout=60000")
            let external = ["--external-url", world.client.kozmic]
            let report = try await world.doctor(external, token: World.token)
            #expect(report["project acme/old"]?.detail.contains("archived") == true)
            #expect(report["project acme/moved"]?.detail == "it is called acme/elsewhere now")
            #expect(report["configuration"]?.state == "failed")
            #expect(report["configuration"]?.detail.contains("projects/broken.yaml") == true)
            let own2 = report.lines.filter { $0.name == "project \(world.repository)" }
            #expect(own2.contains { $0.detail.hasSuffix("is switched off") })
            let unreached = own2.first { $0.detail.hasPrefix("GitHub could not deliver to 1 of 2 webhooks") }
            #expect(unreached?.advice?.contains("--external-url") == true, "\(own2)")
            #expect(report["Docker"]?.state == "failed")
            #expect(report["external URL"]?.state == "warning")
            #expect(report["events of acme"]?.advice?.contains("kozmic account-webhook") == true)

            try await world.ask(
                "POST", "orgs/acme/hooks",
                ["name": "web", "events": ["membership"], "config": ["url": "\(world.client.kozmic)/_events"]])
            let partly = try await world.doctor(external, token: World.token)["events of acme"]
            #expect(partly?.state == "warning" && partly?.detail.contains("organization, team") == true)

            try await world.client.control(
                "POST", "users", ["login": "kozmic", "token": "ghp_narrow", "scopes": ["read:org"]])
            let narrow = try await world.doctor(external, token: "ghp_narrow")
            #expect(narrow["GitHub token"]?.detail == "it lacks the scope repo")
            #expect(narrow["GitHub token"]?.advice?.contains("Personal access tokens") == true)
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
            #expect(good["events of teams"]?.advice?.contains("kozmic account-webhook") == true)
            let url = "\(world.client.kozmic)/_events"
            try await world.client.control(
                "PATCH", "apps/\(world.app())",
                ["webhook": ["url": url, "secret": "x"], "events": ["membership", "organization", "team"]])
            let told = try await world.doctor(flags + ["--external-url", world.client.kozmic])["events of teams"]
            #expect(told?.detail == "the app's webhook tells them at once")
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
}
