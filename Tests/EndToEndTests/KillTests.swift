import Foundation
import Testing

@testable import kozmic

/// The controller is killed in the middle of its work and started again. Every build ends with the right outcome and
/// one final status, its log is complete, and nothing is left in the engine.
@Suite("kill -9", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct KillTests {
    /// When the controller is killed.
    enum Phase: String, CaseIterable, CustomTestStringConvertible {
        case afterDelivery, pulling, installing, beforeCommit, committing, building, beforeStatus, afterStatus
        var testDescription: String { rawValue }
    }

    static let project = """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            install_script: |
              #!/bin/sh
              for n in $(seq 20); do echo "install line $n"; sleep 0.1; done
              echo done >"$HOME/installed"
              echo "install ends"
            tracked_files: [tools.txt]
            build_script: |
              #!/bin/sh
              for n in $(seq 30); do echo "build line $n"; echo "error line $n" >&2; sleep 0.1; done
              cat "$HOME/installed"
        """

    @Test("A build survives the controller's end", arguments: Phase.allCases)
    func survives(phase: Phase) async throws {
        try await Obstacle.with(phase) { obstacle in
            var setup = World.Setup()
            setup.image = obstacle.image
            setup.engine = obstacle.engine
            setup.directEngine = World.engine
            setup.serves = false
            try await World.with(["projects/p.yaml": Self.project], setup) { world in
                let gate =
                    try obstacle.gate ?? Gate(to: .tcp(world.gitHubPort), holding: .answer, of: "Build #1 passed")
                defer { gate.close() }
                try await world.serve(
                    phase == .afterStatus ? ["--github-api-url", "http://127.0.0.1:\(gate.port)/api/v3"] : [])
                if phase == .beforeStatus {
                    try await world.fault([
                        "target": "request", "action": "status", "status": 502, "method": "POST",
                        "path": "/repos/*/*/statuses/*", "times": -1,
                    ])
                }
                let commit = try await world.push(["tools.txt": "\(UInt64.random(in: 0...UInt64.max))\n"])
                try await reach(phase, world, gate)
                await world.kill()
                try await expectKilled(in: phase, world, commit)
                gate.open()
                try await world.client.control("DELETE", "faults")
                try await world.serve()
                try await world.expect(commit, "success")
                try await expectCompleteLog(world)
                try await world.expectNoLeftovers()
                try await world.pageShows("_badges/\(world.repository).svg", "passed")
                #expect(try await world.cachedImages().count == 1)
                #expect(try await world.statuses(commit).filter { $0.state != "pending" }.count == 1)
            }
        }
    }

    /// Waits for the moment.
    private func reach(_ phase: Phase, _ world: World, _ gate: Gate) async throws {
        switch phase {
        case .afterDelivery:
            try await world.client.eventually("the delivery") {
                try await world.client.control("GET", "deliveries", as: [Delivery].self)
                    .contains { $0.event == "push" && $0.statusCode == 202 } ? true : nil
            }
        case .pulling, .afterStatus:
            try await world.client.eventually("the request that is held") { gate.isReached ? true : nil }
        case .beforeCommit, .committing:
            try await world.client.eventually("the request that is held") { gate.isReached ? true : nil }
            // What a script said may be on its way to the log for a moment after its end.
            try await world.logShows("install ends\n")
        case .installing: try await world.logShows("install line 3\n")
        case .building: try await world.logShows("build line 5\n")
        case .beforeStatus: try await world.pageShows("_badges/\(world.repository).svg", "passed")
        }
    }

    /// The moment was not missed.
    private func expectKilled(in phase: Phase, _ world: World, _ commit: String) async throws {
        let log = FileManager.default.contents(atPath: "\(world.dataDirectory)/logs/0/1.log") ?? Data()
        let text = String(decoding: log, as: UTF8.self)
        switch phase {
        case .afterDelivery, .pulling: #expect(!text.contains("install line"))
        case .installing: #expect(text.contains("install line 3\n") && !text.contains("install ends"))
        case .beforeCommit: #expect(text.contains("install ends") && !text.contains("committed as"))
        case .committing: #expect(text.contains("install ends") && !text.contains("committed as"))
        case .building: #expect(text.contains("build line 5\n") && !text.contains("build line 30\n"))
        case .beforeStatus:
            #expect(text.contains("Build script finished"))
            #expect(try await world.statuses(commit).isEmpty)
        case .afterStatus:
            try await world.client.eventually("the status") {
                try await world.statuses(commit).last?.state == "success" ? true : nil
            }
        }
    }

    private func expectCompleteLog(_ world: World) async throws {
        let lines = try await world.log(build: 1).split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("install line") } == (1...20).map { "install line \($0)" })
        #expect(lines.filter { $0.hasPrefix("build line") } == (1...30).map { "build line \($0)" })
        #expect(lines.filter { $0.hasPrefix("error line") } == (1...30).map { "error line \($0)" })
        #expect(lines.filter { $0 == "install ends" || $0 == "done" } == ["install ends", "done"])
    }

    struct Delivery: Decodable {
        var event: String
        var statusCode: Int?
    }
}

/// What stands in a build's way, so that it can be met at a certain moment.
struct Obstacle: Sendable {
    var image = World.image
    var engine = World.engine ?? ""
    var gate: Gate?

    static func with(_ phase: KillTests.Phase, _ body: (Obstacle) async throws -> Void) async throws {
        var obstacle = Obstacle()
        var pushed: String?
        switch phase {
        case .pulling:
            let registry = try #require(World.registry, "KOZMIC_TEST_REGISTRY is not set")
            let port = try #require(registry.split(separator: ":").last.flatMap { Int($0) })
            let gate = try Gate(to: .tcp(port), holding: .request, of: "GET /v2/kozmic/")
            let name = "kozmic/pull-test:\(UInt32.random(in: 0...UInt32.max))"
            try await push("\(registry)/\(name)")
            obstacle.image = "127.0.0.1:\(gate.port)/\(name)"
            obstacle.gate = gate
            pushed = obstacle.image
        case .beforeCommit, .committing:
            let socket = try #require(obstacle.engine.hasPrefix("unix://") ? obstacle.engine.dropFirst(7) : nil)
            let gate = try Gate(
                to: .unix(String(socket)), holding: phase == .committing ? .answer : .request, of: "/commit?")
            obstacle.engine = "tcp://127.0.0.1:\(gate.port)"
            obstacle.gate = gate
        case .afterDelivery, .installing, .building, .beforeStatus, .afterStatus: break
        }
        try await body(obstacle)
        obstacle.gate?.close()
        if let pushed {
            _ = try? await Shell.run(
                "docker", ["rmi", "--force", pushed], environment: ["DOCKER_HOST": World.engine ?? ""])
        }
    }

    /// Makes an image that is in the registry only.
    private static func push(_ reference: String) async throws {
        let engine = World.engine ?? ""
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "kozmic-e2e-push-\(UInt32.random(in: 0...UInt32.max))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await TinyImage.make(reference, engine: engine, folder: folder)
        try await Shell.script(
            "docker push --quiet \"$1\"; docker rmi \"$1\"", [reference], environment: ["DOCKER_HOST": engine])
    }
}
