import Foundation
import Testing

@testable import kozmic

/// Whatever happens to the admin repository, the last good state stays, and the page says what is wrong.
@Suite("The admin repository")
struct AdminRepositoryTests {
    private static var setup: World.Setup {
        var setup = World.Setup()
        setup.engine = "unix:///nonexistent"
        setup.serves = false
        return setup
    }

    @Test("missing, then empty, then there")
    func missing() async throws {
        try await World.with([:], Self.setup) { world in
            try await world.serve(webhooks: 0)
            try await world.pageShows("_sync", "The admin repository cannot be read: ")
            try await world.makeRepository("config", [:], isPrivate: true)
            try await world.pageShows("_sync", "no commits yet; push one to main")
            try await world.configure(Project.file("#!/bin/sh\ntrue"))
            try await world.isAsDeclared()
            #expect(try await world.webhooks().count == 1)
            #expect(try await world.client.page("_sync")?.contains("cannot be read") == false)
        }
    }

    @Test("rewritten by force, renamed branch, gone for a while")
    func rewritten() async throws {
        try await World.with(Project.file("#!/bin/sh\ntrue"), Self.setup) { world in
            try await world.serve()
            let clone = try await world.clone("acme/config")
            try await Shell.script(
                """
                git checkout --quiet --orphan another
                sed -i 's/tests:/other:/' projects/p.yaml
                git add -A
                git commit --quiet --message 'All history is new'
                git push --quiet --force origin HEAD:main
                """, in: clone, environment: World.gitEnvironment)
            try await world.client.eventually("the rewritten state") {
                try await world.webhooks().map(\.url).allSatisfy { $0.hasSuffix("/other") } ? true : nil
            }
            try await world.fault([
                "target": "request", "action": "status", "status": 404, "path": "/acme/config.git/**", "times": -1,
            ])
            try await world.pageShows("_sync", "The admin repository cannot be read: ")
            #expect(try await world.webhooks().count == 1)
            try await world.client.control("DELETE", "faults")
            try await Shell.script(
                """
                git checkout --quiet -b trunk
                sed -i 's/other:/third:/' projects/p.yaml
                git commit --quiet --all --message 'Trunk'
                git push --quiet origin trunk
                """, in: clone, environment: World.gitEnvironment)
            try await world.client.control("PATCH", "repos/acme/config", ["default_branch": "trunk"])
            try await world.client.eventually("the state of the other branch") {
                try await world.webhooks().map(\.url).allSatisfy { $0.hasSuffix("/third") } ? true : nil
            }
            try await world.isAsDeclared()
        }
    }

    @Test("on a host that does not answer")
    func unreachable() async throws {
        try await World.with(Project.file("#!/bin/sh\ntrue"), Self.setup) { world in
            try await world.serve(["--config-repo", "http://127.0.0.1:1/acme/config.git"], webhooks: 0)
            try await world.pageShows("_sync", "The admin repository cannot be read: ")
            #expect(try await world.webhooks().isEmpty)
            await world.stop()
            try await world.serve()
            try await world.isAsDeclared()
        }
    }

    @Test("gone from a folder that was read before")
    func goneFolder() async throws {
        try await Scratch.with { folder in
            _ = try await Shell.run("git", ["init", "--quiet", "admin"], in: folder, environment: World.gitEnvironment)
            _ = try await Shell.run(
                "git", ["commit", "--quiet", "--allow-empty", "--message", "First"], in: "\(folder)/admin",
                environment: World.gitEnvironment)
            for (index, words) in ["admin repository applied", "the admin repository cannot be read"].enumerated() {
                let server = Program()
                let log = "\(folder)/log-\(index)"
                try server.start(
                    [
                        Program.kozmic, "serve", "--config-repo", "\(folder)/admin", "--data-dir", "\(folder)/data",
                        "--listen", "127.0.0.1:\(try FreePort.find())", "--docker-host", "unix://\(folder)/none.sock",
                    ], log: log)
                func text() -> String {
                    String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
                }
                let end = ContinuousClock.now + .seconds(60)
                while !text().contains(words), server.isRunning, ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(text().contains(words) && server.isRunning, "\(text())")
                await server.end(SIGTERM)
                if index == 0 { try FileManager.default.removeItem(atPath: "\(folder)/admin") }
            }
        }
    }
}
