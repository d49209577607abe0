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

    @Test("a build is started by hand, of a hook and a ref that no event would build, and says who asked")
    func byHand() async throws {
        var setup = World.Setup()
        setup.engine = "unix:///nonexistent/docker.sock"
        let file = """
            repository: REPOSITORY
            hooks:
              nightly:
                on: {schedule: '0 4 1 1 *'}
                image: IMAGE
                build_script: "#!/bin/sh"
            """
        try await World.with(["projects/p.yaml": file], setup) { world in
            let clone = try await world.clone()
            let commit = try await Shell.run("git", ["rev-parse", "HEAD"], in: clone)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            for arguments in [["tag", "v1"], ["push", "--quiet", "origin", "v1"]] {
                try await Shell.run("git", arguments, in: clone, environment: World.gitEnvironment)
            }
            func build(_ arguments: [String], token: String = "token-of-octocat") async throws -> Shell.Result {
                try await Shell.result(
                    Program.kozmic, ["build", world.repository] + arguments,
                    environment: ["KOZMIC_SERVER": world.client.kozmic, "KOZMIC_TOKEN": token, "GITHUB_TOKEN": ""],
                    withErrors: true)
            }
            // Until the roles were read nobody may.
            let started = try await world.client.eventually("octocat's role", within: .seconds(60)) {
                let result = try await build(["--ref", "v1", "--hook", "nightly"])
                return result.status == 0 ? result.output : nil
            }
            let page = "\(world.repository)/builds/1"
            #expect(started == "\(world.client.kozmic)/\(page)\n")
            try await world.pageShows(page, "by hand, by octocat")
            let again = try await build(["--ref", String(commit.prefix(8)), "--hook", "nightly", "--output", "json"])
            #expect(again.status == 0 && again.output.contains("\"refName\" : \"main\""), "\(again.output)")
            #expect(again.output.contains(commit) && again.output.contains("\"number\" : 2"), "\(again.output)")
            for (arguments, words) in [
                ([], "would run none of the hooks"), (["--ref", "gone"], "no branch, tag or commit 'gone'"),
                (["--ref", "refs/pull/1/head"], "is a pull request's"), (["--hook", "other"], "no hook 'other'"),
                (["--hook", "No!"], "--hook"),
            ] {
                let refused = try await build(arguments)
                #expect(refused.status != 0 && refused.output.contains(words), "\(refused.output)")
            }
            let stranger = try await build(["--hook", "nightly"], token: "")
            #expect(stranger.status == 1 && stranger.output.contains("Send a GitHub token"), "\(stranger.output)")
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
