import Curl
import Testing

@testable import kozmic

@Suite("kozmic plan, sync and import of what the server has already")
struct PlanTests {
    private static func files(_ project: String) -> [String: String] {
        [
            "projects/p.yaml": """
            repository: REPOSITORY
            \(project)
            hooks:
              tests: {image: debian, build_script: "#!/bin/sh\\ntrue"}

            """
        ]
    }

    @Test("what is only reported is no change that is pending, and is called so")
    func reportedDrift() async throws {
        var setup = World.Setup()
        setup.serves = false
        try await World.with(Self.files("drift: report"), setup) { world in
            let first = try await world.kozmic("plan")
            #expect(first.status == 2 && first.output.contains("1 project, 1 change, 0 errors"), "\(first.output)")
            let sync = try await world.kozmic("sync")
            #expect(sync.status == 0, "\(sync.output)")
            let webhook = try #require(try await world.webhooks().first)
            try await world.delete("repos/\(world.repository)/hooks/\(webhook.id)")
            for _ in 0..<2 {
                let plan = try await world.kozmic("plan")
                #expect(plan.status == 0, "\(plan.output)")
                #expect(plan.output.contains("  + webhook tests") && plan.output.contains("  (drift, only reported)"))
                #expect(plan.output.contains("1 project, 0 changes, 1 difference only reported, 0 errors"))
                let sync = try await world.kozmic("sync")
                #expect(sync.status == 0 && sync.output.contains("  only reported: + webhook tests"), "\(sync.output)")
            }
        }
    }

    @Test("the file for a repository that the server has already keeps its deploy key", arguments: [true, false])
    func deployKey(isPrivate: Bool) async throws {
        var setup = World.Setup()
        setup.serves = false
        try await World.with(Self.files("deploy_key: always"), setup) { world in
            if isPrivate { try await world.client.control("PATCH", "repos/\(world.repository)", ["private": true]) }
            let sync = try await world.kozmic("sync")
            #expect(sync.status == 0, "\(sync.output)")
            let imported = try await world.kozmic("import", world.repository)
            #expect(imported.status == 0, "\(imported.output)")
            let line = imported.output.split(separator: "\n").first { $0.hasPrefix("deploy_key:") }
            #expect(line == (isPrivate ? nil : "deploy_key: always"), "\(imported.output)")
            #expect(imported.output.contains("# The webhook \(world.repository)/tests is Kozmic's"))
        }
    }
}

extension World {
    /// The program with the settings of this world, which has no server.
    fileprivate func kozmic(_ arguments: String...) async throws -> Shell.Result {
        try await Shell.result(
            Program.kozmic,
            arguments + [
                "--config-repo", "\(client.gitHub)/acme/config.git", "--data-dir", dataDirectory, "--github-url",
                client.gitHub,
            ], environment: ["KOZMIC_GITHUB_TOKEN": Self.token], withErrors: true)
    }

    /// What somebody does by hand.
    fileprivate func delete(_ path: String) async throws {
        let response = try await curl.send(
            CurlRequest(
                method: "DELETE", url: "\(client.gitHub)/api/v3/\(path)",
                headers: [CurlHeader(name: "Authorization", value: "Bearer \(Self.token)")]))
        #expect(response.status == 204)
    }
}
