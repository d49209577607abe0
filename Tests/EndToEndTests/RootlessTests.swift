import Curl
import Foundation
import Testing

@testable import kozmic

/// An engine that is nobody's root.
@Suite("A rootless engine", .enabled(if: geteuid() == 0 && World.engine != nil, "needs root and Docker"))
struct RootlessTests {
    private static let project = """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            user: kozmic
            install_script: |
              #!/bin/sh
              echo installed >"$HOME/installed"
            build_script: |
              #!/bin/sh
              set -e
              cat "$HOME/installed" README
              while read -r inside outside count; do echo "$inside is $outside"; done </proc/self/uid_map
        """

    @Test(
        "Jobs run there, with a cached image; which limits do not hold is told, and jobs are known by their address",
        .timeLimit(.minutes(5)))
    func job() async throws {
        try await Scratch.with { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
            try await RootlessEngine.with("\(folder)/e") { engine in
                var setup = World.Setup()
                setup.engine = engine.host
                setup.image = "kozmic/tiny:1"
                try await TinyImage.make(setup.image, engine: engine.host, folder: folder)
                try await World.with(["projects/p.yaml": Self.project], setup) { world in
                    try await world.expect(try await world.push(["a": "1"]), "success")
                    let first = try await world.log(build: 1)
                    #expect(first.contains("Install script finished"), "\(first)")
                    // Root in a container is the engine's user.
                    #expect(first.contains("\ninstalled\nfirst\n0 is \(RootlessEngine.user)\n"), "\(first)")
                    try await world.expect(try await world.push(["a": "2"]), "success")
                    #expect(try await world.log(build: 2).contains("Cached image found"))

                    // Nobody delegates control groups to a user whom only this test knows.
                    let words = "The Docker Engine cannot limit memory, processors and processes"
                    #expect(first.contains("\(words): the hook's limits do not hold\n"))
                    #expect(world.controllerLog.contains(words.dropFirst(4)))
                    let doctor = try await doctor(world)
                    #expect(doctor["limits"] == "warning" && doctor["account"] == "warning")

                    try await expectAddresses(world)
                    #expect(await world.stop())
                    try await world.expectNoLeftovers()
                }
            }
        }
    }

    /// The state of each finding that is about the engine.
    private func doctor(_ world: World) async throws -> [String: String] {
        let report = try await Shell.result(
            Program.kozmic,
            [
                "doctor", "--output", "json", "--config-repo", "\(world.client.gitHub)/acme/config.git", "--data-dir",
                world.dataDirectory, "--github-url", world.client.gitHub, "--docker-host", world.setup.engine,
            ], environment: ["KOZMIC_GITHUB_TOKEN": World.token])
        let findings = try JSONSerialization.jsonObject(with: Data(report.output.utf8)) as? [[String: Any]] ?? []
        return findings.reduce(into: [:]) { states, finding in
            if let name = finding["name"] as? String { states[name] = finding["state"] as? String }
        }
    }

    /// What a job asks for comes from this machine, never from its container's address. Here it comes through a proxy.
    private func expectAddresses(_ world: World) async throws {
        // Of the bridge of the machine's own engine, if there is no other.
        let addresses = try await Shell.run("hostname", ["-I"]).split(whereSeparator: \.isWhitespace)
        let own = try #require(addresses.first { $0.contains(".") })
        let gateway = try await world.docker(
            "network", "inspect", "kozmic-\(world.instance)-jobs", "--format", "{{(index .IPAM.Config 0).Gateway}}")
        // The machine's own engine may have a network with the same gateway, which then is an address of this machine.
        try #require(gateway.hasSuffix(".1"))
        for (address, status) in [("\(own)", 403), ("127.0.0.1", 200), ("\(gateway.dropLast())2", 200)] {
            var request = CurlRequest(url: "\(world.client.kozmic)/")
            request.headers = [CurlHeader(name: "X-Forwarded-For", value: address)]
            #expect(try await world.curl.send(request).status == status, "\(address)")
        }
    }
}
