import Foundation
import Testing

@testable import kozmic

/// What a user relies on from the commit to the status, seen from outside.
@Suite("The whole loop", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"), .serialized)
struct LoopTests {
    static func project(_ script: String, image: String = "IMAGE", more: String = "") -> [String: String] {
        let body = script.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }
        return [
            "projects/p.yaml": """
            repository: REPOSITORY
            hooks:
              tests:
                image: \(image)
            \(more)    build_script: |
            \(body.joined(separator: "\n"))
            """
        ]
    }

    @Test("A second sync writes nothing, and strangers' webhooks stay")
    func idempotence() async throws {
        try await World.with(Self.project("#!/bin/sh\ntrue")) { world in
            try await world.client.control("DELETE", "requests")
            await world.stop()
            try await world.serve()
            try await world.client.eventually("a look at the webhooks") {
                let log = try await world.client.control("GET", "requests", as: Requests.self)
                return log.requests.contains { $0.path.hasSuffix("/hooks") && $0.status < 400 } ? true : nil
            }
            let writes = try await world.client.control("GET", "requests?writes=true", as: Requests.self)
            #expect(writes.requests.map(\.path) == [])
        }
    }

    @Test("A broken file keeps the last good state, and the next good one is applied")
    func brokenConfiguration() async throws {
        try await World.with(Self.project("#!/bin/sh\ntrue")) { world in
            try await world.configure(["projects/p.yaml": "repository: REPOSITORY\nhooks: [\n"])
            try await world.client.eventually("the diagnostic on the page") {
                try await world.client.page("_sync")?.contains("projects/p.yaml") == true ? true : nil
            }
            #expect(try await world.webhooks().count == 1)
            let commit = try await world.push(["a": "1"])
            #expect(try await world.outcome(commit).state == "success")
            try await world.configure(Self.project("#!/bin/sh\nexit 3"))
            try await world.client.eventually("the failing script") {
                let commit = try await world.push(["a": "\(UInt32.random(in: 0...UInt32.max))"])
                return try await world.outcome(commit).state == "failure" ? true : nil
            }
        }
    }

    @Test("A log of a million lines arrives complete, and the controller stays small")
    func largeLog() async throws {
        let script = "#!/bin/bash\nseq -f 'line %.0f ................................................................................' 1 1000000"
        try await World.with(Self.project(script)) { world in
            let commit = try await world.push(["a": "1"])
            var peak = 0
            let outcome = try await world.client.eventually("the end") {
                peak = max(peak, world.controllerMemory ?? 0)
                return try await world.statuses(commit).last { $0.state != "pending" }
            }
            #expect(outcome.state == "success")
            let file = "\(world.folder)/log"
            _ = try Shell.run(
                "curl", ["-sS", "-o", file, "\(world.client.kozmic)/\(world.repository)/builds/1/jobs/tests/log"])
            let sums = try Shell.run(
                "bash",
                ["-c", "grep '^line' \(file) | sha256sum; \(script.split(separator: "\n")[1]) | sha256sum"]
            ).split(separator: "\n")
            #expect(sums.count == 2 && sums[0] == sums[1])
            #expect(peak < 150 << 20, "\(peak >> 20) MiB")
        }
    }

    struct Requests: Decodable {
        struct Request: Decodable {
            var method: String
            var path: String
            var status: Int
        }
        var requests: [Request]
    }
}
