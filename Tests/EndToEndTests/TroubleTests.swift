import Foundation
import Testing

@testable import kozmic

/// Bad input and a bad world: each gives a clear word in the right place, and nothing is lost.
@Suite("Trouble", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"), .serialized)
struct TroubleTests {
    @Test("An image that does not exist, one without the user, and a missing interpreter are named")
    func badJobs() async throws {
        let hooks = """
            repository: REPOSITORY
            status: both
            hooks:
              image:
                image: 127.0.0.1:1/nobody/nothing:1
                build_script: "#!/bin/sh\\ntrue"
              user:
                image: IMAGE
                user: nobody-here
                build_script: "#!/bin/sh\\ntrue"
              interpreter:
                image: IMAGE
                build_script: "#!/opt/no/such/python\\ntrue"
            """
        try await World.with(["projects/p.yaml": hooks], serve: false) { world in
            try await world.serve(hooks: 3)
            let commit = try await world.push(["a": "1"])
            let outcome = try await world.outcome(commit)
            #expect(outcome.state == "error" || outcome.state == "failure")
            for (hook, word) in [
                ("image", "127.0.0.1:1/nobody/nothing"), ("user", "nobody-here"), ("interpreter", "/opt/no/such/python"),
            ] {
                let log = try await world.log(build: 1, hook: hook)
                #expect(log.contains(word), "the log of \(hook) does not name \(word):\n\(log)")
            }
            #expect(try world.leftovers() == [])
        }
    }

    @Test("GitHub that fails at the start and rejects statuses gets them all in the end")
    func gitHubDown() async throws {
        try await World.with(LoopTests.project("#!/bin/sh\ntrue"), serve: false) { world in
            try await world.client.control(
                "POST", "faults",
                ["target": "request", "action": "status", "status": 503, "path": "/repos/**", "times": 6])
            try await world.serve()
            try await world.client.control(
                "POST", "faults",
                ["target": "request", "action": "disconnect", "method": "POST", "path": "/repos/*/*/statuses/*",
                 "times": 2, "after": true])
            let commit = try await world.push(["a": "1"])
            #expect(try await world.outcome(commit).state == "success")
        }
    }

    @Test("An admin repository that is empty, rewritten or gone changes nothing, and says so")
    func adminRepository() async throws {
        try await World.with(LoopTests.project("#!/bin/sh\ntrue")) { world in
            // Rewritten: a commit that has no parent in common is simply the new state.
            let root = try await world.client.control(
                "POST", "repos/acme/config/commits",
                ["branch": "main", "message": "Again", "files": ["note": "x"] as [String: any Sendable]],
                as: DemoClient.Commit.self)
            #expect(root.sha.count == 40)
            try await world.client.control(
                "POST", "faults",
                ["target": "request", "action": "status", "status": 404, "path": "/acme/config.git/**", "times": -1])
            try await world.client.eventually("the problem on the page") {
                try await world.client.page("_sync")?.contains("cannot be read") == true ? true : nil
            }
            #expect(try await world.webhooks().count == 1)
            let commit = try await world.push(["a": "1"])
            #expect(try await world.outcome(commit).state == "success")
        }
    }

    @Test("Doubled and forged deliveries make no second build")
    func deliveries() async throws {
        try await World.with(LoopTests.project("#!/bin/sh\ntrue")) { world in
            try await world.client.control("POST", "faults", ["target": "webhook", "action": "double", "times": 1])
            let commit = try await world.push(["a": "1"])
            #expect(try await world.outcome(commit).state == "success")
            try await world.client.control("POST", "faults", ["target": "webhook", "action": "forge", "times": 1])
            _ = try await world.push(["a": "2"])
            try await world.client.control("GET", "idle?timeout=10000")
            #expect(try await world.client.page("\(world.repository)/builds/2") == nil)
            #expect(try await world.statuses(commit).filter { $0.state == "success" }.count == 1)
        }
    }
}
