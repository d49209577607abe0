import Foundation
import Testing

@testable import kozmic

/// Jobs that cannot run: the status, the page and the log say why.
@Suite("Jobs that cannot run", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct BadJobTests {
    @Test("An image that does not exist, one without the user, and a missing interpreter are named")
    func named() async throws {
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
              fine:
                image: IMAGE
                build_script: "#!/bin/sh\\necho fine"
            """
        var setup = World.Setup()
        setup.webhooks = 4
        try await World.with(["projects/p.yaml": hooks], setup) { world in
            let commit = try await world.push(["a": "1"])
            try await world.expect(commit, "error")
            let all = try await world.client.control(
                "GET", "repos/\(world.repository)/statuses/\(commit)", as: [DemoClient.Status].self)
            for (hook, word) in [
                ("image", "127.0.0.1:1/nobody/nothing"), ("user", "nobody-here"),
                ("interpreter", "/opt/no/such/python"),
            ] {
                let log = try await world.log(build: 1, hook: hook)
                #expect(log.contains(word), "the log of \(hook) does not name \(word):\n\(log)")
                let status = try await world.client.eventually("the status of \(hook)") {
                    try await world.client.control(
                        "GET", "repos/\(world.repository)/statuses/\(commit)", as: [DemoClient.Status].self
                    ).last { $0.context == "Kozmic CI / \(hook)" && $0.state != "pending" }
                }
                #expect(status.state == "error" && status.description.contains(word), "\(status)")
                try await world.pageShows("\(world.repository)/builds/1", word)
            }
            #expect(all.contains { $0.context == "Kozmic CI / fine" })
            #expect(try await world.log(build: 1, hook: "fine").contains("\nfine\n"))
            try await world.expectNoLeftovers()
        }
    }
}
