import Foundation
import Testing

@testable import kozmic

/// One project means harm, in every way at once; the controller, and a job beside, stay well.
@Suite("A hostile project", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct HostileTests {
    private static let project = """
        repository: REPOSITORY
        status: both
        timeout: 60s
        cancel_grace: 1s
        log_limit: 64KiB
        resources: {cpus: 0.5, memory: 128MiB, pids: 64}
        hooks:
          bomb:
            image: IMAGE
            timeout: 3s
            build_script: |
              #!/bin/bash
              trap '' TERM HUP INT
              bomb() { bomb | bomb & }
              bomb 2>/dev/null
              while :; do sleep 1; done 2>/dev/null
          flood:
            image: IMAGE
            build_script: |
              #!/bin/bash
              printf '\\033]0;owned\\007<script>alert(1)</script>\\n'
              head -c 100000000 /dev/urandom
              echo; echo end of the flood
          holder:
            image: IMAGE
            build_script: |
              #!/bin/bash
              (trap '' TERM HUP; while :; do sleep 1; done) &
              setsid sleep 1000 &
              echo done
          fine:
            image: IMAGE
            build_script: |
              #!/bin/sh
              for n in $(seq 20); do echo "line $n"; sleep 0.1; done
        """

    @Test("A bomb, a flood and a holder end as they must; the job beside them and the pages do not notice")
    func survives() async throws {
        var setup = World.Setup()
        setup.serves = false
        setup.webhooks = 4
        try await World.with(["projects/p.yaml": Self.project], setup) { world in
            try await world.serve(["--max-jobs", "4"])
            let commit = try await world.push(["a": "1"])
            try await world.expect(commit, "failure", within: .seconds(180))
            let statuses = try await world.client.eventually("all statuses") {
                () async throws -> [DemoClient.Status]? in
                let all = try await world.client.control(
                    "GET", "repos/\(world.repository)/statuses/\(commit)", as: [DemoClient.Status].self
                ).filter { $0.state != "pending" }
                return all.count < 5 ? nil : all
            }
            let states = Dictionary(statuses.map { ($0.context, $0.state) }) { $1 }
            #expect(states["Kozmic CI / bomb"] == "failure")
            for hook in ["flood", "holder", "fine"] { #expect(states["Kozmic CI / \(hook)"] == "success", "\(hook)") }
            let fine = try await world.log(build: 1, hook: "fine").split(separator: "\n").map(String.init)
            #expect(fine.filter { $0.hasPrefix("line ") } == (1...20).map { "line \($0)" })
            let size = try FileManager.default.contentsOfDirectory(atPath: "\(world.dataDirectory)/logs/0").map {
                name in
                try FileManager.default.attributesOfItem(atPath: "\(world.dataDirectory)/logs/0/\(name)")[.size] as? Int
                    ?? 0
            }
            #expect(size.allSatisfy { $0 < 200_000 }, "\(size)")
            let page = try #require(try await world.client.page("\(world.repository)/builds/1/jobs/flood"))
            #expect(page.contains("left out here: the log limit is 64 KiB"))
            #expect(!page.contains("<script>alert") && !page.contains("\u{1B}"))
            #expect(try #require(world.memory).own < 250, "MiB")
            try await world.expectNoLeftovers()
        }
    }
}
