import Foundation
import Testing

@testable import kozmic

/// What a push, a pull request and its end lead to, seen from GitHub. No engine is needed: what runs waits for one.
@Suite("Triggers, from GitHub's side")
struct TriggerTests {
    private static let project = """
        repository: REPOSITORY
        status: both
        hooks:
          docs:
            on: {push: {branches: [main]}}
            paths: ['*.md']
            image: IMAGE
            build_script: "#!/bin/sh"
          tests:
            paths: ['src/**']
            image: IMAGE
            build_script: "#!/bin/sh"
        """

    @Test("Paths decide, a newer commit supersedes, and the end of a pull request or branch ends its jobs")
    func life() async throws {
        var setup = World.Setup()
        setup.engine = "unix:///nonexistent/docker.sock"
        setup.webhooks = 2
        try await World.with(["projects/p.yaml": Self.project], setup) { world in
            let skipped = try await world.push(["notes.txt": "1"])
            for hook in ["docs", "tests"] {
                let status = try await status(world, skipped, "Kozmic CI / \(hook)")
                #expect(status.state == "success")
                #expect(status.description.hasPrefix("Skipped: paths: the 1 changed file does not match"))
            }
            #expect(try await status(world, skipped, "Kozmic CI").state == "success")
            try await world.pageShows("_deliveries", "projects/p.yaml:")
            // Beside the running server.
            let why = try await Shell.run(
                Program.kozmic, ["explain", "commit", String(skipped.prefix(10)), "--data-dir", world.dataDirectory])
            #expect(why.contains("tests: skipped") && why.contains("no, paths: the 1 changed file does not match"))
            #expect(why.contains("(projects/p.yaml:10)"), "\(why)")

            // These take both slots and wait for an engine, so that all later jobs stay in the queue.
            for branch in ["one", "two"] { _ = try await world.push(["src/\(branch).c": "1"], branch: branch) }

            let first = try await world.push(["src/a.c": "1"], branch: "topic")
            let number = try await openPullRequest(world)
            let second = try await world.push(["src/a.c": "2"], branch: "topic")
            let superseded = try await status(world, first, "Kozmic CI / tests")
            #expect(superseded.state == "error")
            #expect(superseded.description == "Build #4 was cancelled: superseded by build #5")

            try await world.client.control("PATCH", "repos/\(world.repository)/pulls/\(number)", ["state": "closed"])
            let closed = try await status(world, second, "Kozmic CI / tests")
            #expect(closed.description == "Build #5 was cancelled: pull request #\(number) was closed")

            let third = try await world.push(["src/a.c": "3"], branch: "gone")
            try await Shell.run(
                "git", ["push", "--quiet", "origin", "--delete", "gone"], in: try await world.clone(),
                environment: World.gitEnvironment)
            let gone = try await status(world, third, "Kozmic CI / tests")
            #expect(gone.description == "Build #6 was cancelled: the branch gone was deleted")
        }
    }

    private struct Number: Decodable { var number: Int }

    private func openPullRequest(_ world: World) async throws -> Int {
        try await world.client.control(
            "POST", "repos/\(world.repository)/pulls",
            ["title": "A change", "head": "topic", "base": "main", "user": "octocat"], as: Number.self
        ).number
    }

    /// The final status in a context, waited for.
    private func status(_ world: World, _ commit: String, _ context: String) async throws -> DemoClient.Status {
        try await world.client.eventually("the final status of \(commit) in \(context)", within: .seconds(60)) {
            try await world.client.control(
                "GET", "repos/\(world.repository)/statuses/\(commit)", as: [DemoClient.Status].self
            ).last { $0.context == context && $0.state != "pending" }
        }
    }
}
