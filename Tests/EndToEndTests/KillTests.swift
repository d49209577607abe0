import Foundation
import Testing

@testable import kozmic

/// The controller is killed in the middle of its work and started again. Every build ends with the right outcome and
/// one final status, its log is complete, and nothing is left in the engine.
@Suite("kill -9 in each phase", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"), .serialized)
struct KillTests {
    /// When the controller is killed.
    enum Phase: String, CaseIterable, CustomTestStringConvertible {
        case afterDelivery, pulling, installing, committing, building, beforeStatus
        var testDescription: String { rawValue }
    }

    static let project = """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            install_script: |
              #!/bin/bash
              for n in $(seq 20); do echo "install line $n"; sleep 0.1; done
              head -c 60000000 /dev/urandom | sudo tee /opt/blob >/dev/null
              echo "install ends"
            tracked_files: [tools.txt]
            build_script: |
              #!/bin/bash
              for n in $(seq 30); do echo "build line $n"; echo "error line $n" >&2; sleep 0.1; done
              test -s /opt/blob
        """

    @Test("A build survives", arguments: Phase.allCases)
    func survives(phase: Phase) async throws {
        let image = try imageToPull(phase)
        let files = ["projects/p.yaml": Self.project.replacing("IMAGE", with: image ?? World.image)]
        try await World.with(files) { world in
            if phase == .beforeStatus {
                try await world.client.control(
                    "POST", "faults",
                    ["target": "request", "action": "status", "status": 502, "method": "POST",
                     "path": "/repos/*/*/statuses/*", "times": -1])
            }
            let commit = try await world.push(["tools.txt": "\(UInt64.random(in: 0...UInt64.max))\n"])
            try await reach(phase, world)
            await world.kill()
            try await world.client.control("DELETE", "faults")
            try await world.serve()
            let outcome = try await world.outcome(commit)
            #expect(outcome.state == "success", "\(outcome.description)")
            let finals = try await world.statuses(commit).filter { $0.state != "pending" }
            #expect(finals.count == 1)
            let log = try await world.log(build: 1)
            for line in (1...30).flatMap({ ["build line \($0)\n", "error line \($0)\n"] }) {
                #expect(log.components(separatedBy: line).count == 2, "\(line) stands not once in\n\(log)")
            }
            #expect(log.contains("install ends"))
            try await world.client.eventually("an engine without leftovers", within: .seconds(20)) {
                try world.leftovers().isEmpty ? true : nil
            }
        }
        if let image { _ = try? Shell.run("docker", ["rmi", "--force", image]) }
    }

    /// A name in the loopback registry that the engine does not have yet.
    private func imageToPull(_ phase: Phase) throws -> String? {
        guard phase == .pulling, let registry = World.registry else { return nil }
        let image = "\(registry)/kozmic/pull-test:\(UInt32.random(in: 0...UInt32.max))"
        _ = try Shell.run("docker", ["tag", World.image, image])
        _ = try Shell.run("docker", ["push", "--quiet", image])
        _ = try Shell.run("docker", ["rmi", image])
        return image
    }

    private func reach(_ phase: Phase, _ world: World) async throws {
        switch phase {
        case .afterDelivery:
            try await world.client.eventually("the delivery") {
                let text = try await world.client.page("_deliveries") ?? ""
                return text.contains(">push<") || text.contains("push") ? true : nil
            }
        case .pulling: try await world.logShows("ulling")
        case .installing: try await world.logShows("install line 3")
        case .committing: try await world.logShows("install ends")
        case .building: try await world.logShows("build line 5\n")
        case .beforeStatus: try await world.logShows("build line 30\n")
        }
    }
}
