import Curl
import Foundation
import Model
import OpenSSL
import Testing

@testable import kozmic

/// Deliveries that GitHub never sent, and those that it sent more than once.
@Suite("Deliveries", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct DeliveryTests {
    @Test("Doubled, forged and lost answers make no second build")
    func repeated() async throws {
        try await World.with(Project.file("#!/bin/sh\ntrue")) { world in
            try await world.fault(["target": "webhook", "action": "double", "times": 1])
            try await world.expect(try await world.push(["a": "1"]), "success")
            try await world.fault(["target": "webhook", "action": "forge", "times": 1])
            let forged = try await world.push(["a": "2"])
            try await world.client.control("GET", "idle?timeout=10000")
            #expect(try await world.client.page("\(world.repository)/builds/2") == nil)
            #expect(try await world.statuses(forged).isEmpty)
        }
    }

    @Test("What is not signed, signed by another hook, too large, no JSON or no push is refused or explained")
    func refused() async throws {
        let other = """
              other:
                image: IMAGE
                build_script: "#!/bin/sh\\ntrue"

            """
        var files = Project.file("#!/bin/sh\ntrue")
        files["projects/p.yaml"]? += other
        var setup = World.Setup()
        setup.webhooks = 2
        try await World.with(files, setup) { world in
            let sender = try Sender(world)
            let push = #"{"ref": "refs/heads/main", "forced": 3}"#
            #expect(try await sender.post(push, signedBy: nil) == 401)
            #expect(try await sender.post(push, signedBy: "other") == 401)
            #expect(try await sender.post(push, hook: "unknown") == 404)
            #expect(try await sender.post(push, event: "") == 400)
            #expect(try await sender.post("not JSON") == 400)
            #expect(try await sender.post("[1, 2]") == 400)
            #expect(try await sender.post(String(repeating: "[", count: 1_000_000)) == 400)
            #expect(try await sender.post(#"{"a": "\#(String(repeating: "x", count: 26 << 20))"}"#) == 413)
            #expect(try await sender.post(push) == 202)
            #expect(try await sender.post(#"{"zen": "Keep it simple"}"#, event: "ping") == 202)
            #expect(try await sender.post("{}", event: "fork") == 202)
            try await world.pageShows("_deliveries", "the payload could not be read")
            #expect(world.isServing)
            try await world.expect(try await world.push(["a": "1"]), "success")
            #expect(try await world.client.page("\(world.repository)/builds/2") == nil)
            let memory = try #require(world.memory)
            #expect(memory.peak < 250)
        }
    }

    /// Posts to the controller's webhook addresses with signatures as GitHub makes them.
    private struct Sender {
        var world: World
        var key: SecretKey
        var repository: RepositoryName

        init(_ world: World) throws {
            self.world = world
            key = try SecretKeyFile.read("\(world.dataDirectory)/secret.key")
            repository = try #require(RepositoryName(world.repository))
        }

        /// The status of the answer.
        func post(
            _ body: String, hook: String = "tests", event: String = "push", signedBy signer: String? = "tests"
        ) async throws -> Int {
            var request = CurlRequest(
                method: "POST", url: "\(world.client.kozmic)/_hooks/\(world.repository)/\(hook)")
            request.body = .bytes(Array(body.utf8))
            request.headers = [
                CurlHeader(name: "Content-Type", value: "application/json"),
                CurlHeader(name: "X-GitHub-Delivery", value: UUID().uuidString),
            ]
            if !event.isEmpty { request.headers.append(CurlHeader(name: "X-GitHub-Event", value: event)) }
            if let signer, let hook = HookID(signer) {
                let code = HMAC.sha256(key: Array(key.webhookSecret(repository, hook).utf8), Array(body.utf8))
                request.headers.append(
                    CurlHeader(name: "X-Hub-Signature-256", value: "sha256=\(Hex.encode(code))"))
            }
            return try await world.curl.send(request).status
        }
    }
}
