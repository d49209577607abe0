import Curl
import Foundation
import Testing

@testable import kozmic

@Suite("A lost database", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct LostDatabaseTests {
    private struct Requests: Decodable {
        struct Request: Decodable {
            var method: String
            var path: String
        }
        var requests: [Request]
    }

    @Test("all but history is there again without a write; what was built is not built again, what was open is")
    func nothingNeedless() async throws {
        try await World.with(Project.file("#!/bin/sh\ntrue")) { world in
            let built = try await world.push(["a": "1"])
            try await world.expect(built, "success")
            try await world.client.control("GET", "idle?timeout=10000")
            #expect(await world.stop())
            // A build that the lost database knew and nobody will ever end.
            try await world.fault(["target": "webhook", "action": "lose", "times": 1])
            let open = try await world.push(["b": "1"], branch: "open")
            try await world.status(open, "pending", build: 7)
            for file in ["kozmic.sqlite", "kozmic.sqlite-wal", "kozmic.sqlite-shm"] {
                try? FileManager.default.removeItem(atPath: "\(world.dataDirectory)/\(file)")
            }
            try await world.client.control("DELETE", "requests")
            try await world.serve()
            try await world.isAsDeclared()
            try await world.expect(open, "success")
            let log = try await world.client.control("GET", "requests?writes=true", as: Requests.self)
            let needless = log.requests.filter { !$0.path.hasSuffix("/statuses/\(open)") }
            #expect(needless.isEmpty, "\(needless.map { "\($0.method) \($0.path)" })")
            #expect(try await world.statuses(built).filter { $0.state != "pending" }.count == 1)
            // Numbers go on, so that no link on GitHub leads to another build.
            #expect(try await world.client.page("\(world.repository)/builds/8") != nil)
            #expect(try await world.client.page("\(world.repository)/builds/1") == nil)
            let next = try await world.push(["a": "2"])
            try await world.expect(next, "success")
            #expect(try await world.client.page("\(world.repository)/builds/9") != nil)
        }
    }
}

extension World {
    /// Sends a status as the controller would.
    fileprivate func status(_ commit: String, _ state: String, build: Int) async throws {
        let page = "\(client.kozmic)/\(repository)/builds/\(build)"
        var request = CurlRequest(
            method: "POST", url: "\(client.gitHub)/api/v3/repos/\(repository)/statuses/\(commit)")
        request.headers = [CurlHeader(name: "Authorization", value: "Bearer \(Self.token)")]
        request.body = .bytes(
            Array(#"{"state": "\#(state)", "context": "Kozmic CI", "description": "-", "target_url": "\#(page)"}"#.utf8)
        )
        let response = try await curl.send(request)
        #expect(response.status == 201)
    }
}
