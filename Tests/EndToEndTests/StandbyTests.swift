import Foundation
import Testing

@testable import kozmic

/// Containers that wait for jobs, and a controller that is killed beside them.
@Suite("Containers that wait", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct StandbyTests {
    private static let project = """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            install_script: |
              #!/bin/sh
              echo installed >"$HOME/installed"
            build_script: |
              #!/bin/sh
              for n in $(seq 30); do echo "build line $n"; sleep 0.1; done
              cat "$HOME/installed"; echo "$KOZMIC_COMMIT"
        """

    @Test("kill -9 while one waits, and while a job runs in one: nothing is lost and nothing is left")
    func kill() async throws {
        var setup = World.Setup()
        setup.standby = 1
        try await World.with(["projects/p.yaml": Self.project], setup) { world in
            let first = try await world.push(["a": "1"])
            try await world.expect(first, "success")
            let lost = try await waiting(world, not: [])
            await world.kill()
            try await world.serve()
            try await world.client.eventually("the old container's end") {
                try await containers(world).contains(lost) ? nil : true
            }
            let second = try await world.push(["a": "2"])
            try await world.expect(second, "success")
            let (third, used, number) = try await runningInOne(world, not: [lost], from: 3)
            await world.kill()
            try await world.serve()
            try await world.expect(third, "success")
            let log = try await world.log(build: number)
            let lines = log.split(separator: "\n").map(String.init)
            #expect(lines.filter { $0.hasPrefix("build line") } == (1...30).map { "build line \($0)" })
            #expect(lines.contains("installed") && lines.contains(third))
            try await world.client.eventually("the used container's end") {
                try await containers(world).contains(used) ? nil : true
            }
            #expect(await world.stop())
            try await world.expectNoLeftovers()
        }
    }

    /// Pushes until a job runs in a container that waited: the engine says that one runs a moment before it is ready.
    private func runningInOne(
        _ world: World, not others: [String], from number: Int
    ) async throws -> (commit: String, container: String, number: Int) {
        for number in number..<number + 10 {
            let container = try await waiting(world, not: others)
            let commit = try await world.push(["a": "\(number)"])
            try await world.logShows("build line 5\n", build: number)
            if try await world.log(build: number).contains("Running the build script in a container that was ready\n") {
                return (commit, container, number)
            }
            try await world.expect(commit, "success")
        }
        throw Shell.Failed(description: "no job runs in a container that waited")
    }

    private func containers(_ world: World, _ filter: String = "label=kozmic.instance") async throws -> [String] {
        try await world.docker(
            "ps", "--all", "--quiet", "--filter", "label=kozmic.instance=\(world.instance)", "--filter",
            "label=kozmic.standby", "--filter", filter
        ).split(separator: "\n").map(String.init)
    }

    /// The id of one that waits.
    private func waiting(_ world: World, not others: [String]) async throws -> String {
        try await world.client.eventually("a container that waits") {
            try await containers(world, "status=running").first { !others.contains($0) }
        }
    }
}
