import Foundation
import Testing

@testable import kozmic

/// GitHub is down, slow, or says no.
@Suite("Trouble with GitHub", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct GitHubTroubleTests {
    @Test("Down at the start, then failing, then losing its answers: all statuses arrive, each once")
    func down() async throws {
        var setup = World.Setup(serves: false)
        setup.hasGitHub = false
        try await World.with([:], setup) { world in
            try await world.serve(webhooks: 0)
            try await world.pageShows("_sync", "The admin repository cannot be read: ")
            try await world.startGitHub(Project.file("#!/bin/sh\nsleep 2"))
            try await world.fault([
                "target": "request", "action": "status", "status": 503, "path": "/repos/**", "times": 6,
            ])
            try await world.client.eventually("the webhook") { try await world.webhooks().count == 1 ? true : nil }
            try await world.fault([
                "target": "request", "action": "status", "status": 502, "method": "POST",
                "path": "/repos/*/*/statuses/*", "times": 2,
            ])
            try await world.expect(try await world.push(["a": "1"]), "success")
            let commit = try await world.push(["a": "2"])
            try await world.client.eventually("the pending status", within: .seconds(30)) {
                try await world.statuses(commit).last?.description.hasSuffix("is running") == true ? true : nil
            }
            // The final status arrives, and nobody hears that it did.
            try await world.fault([
                "target": "request", "action": "disconnect", "method": "POST", "path": "/repos/*/*/statuses/*",
                "times": 1, "after": true,
            ])
            try await world.expect(commit, "success")
            try await world.client.eventually("the second look", within: .seconds(30)) {
                let log = try await world.client.control("GET", "requests", as: Requests.self)
                return log.requests.contains { $0.path.hasSuffix("/commits/\(commit)/statuses") } ? true : nil
            }
            try await world.expect(commit, "success")
        }
    }

    @Test("A token that is rejected is named on the page, and what waits for a good one is not lost")
    func rejectedToken() async throws {
        try await World.with(Project.file("#!/bin/sh\ntrue"), World.Setup(serves: false)) { world in
            try await world.serve(token: "wrong-token-that-nobody-may-print", webhooks: 0)
            try await world.pageShows("_sync", "The admin repository cannot be read: ")
            await world.stop()
            try await world.serve()
            try await world.client.control("DELETE", "tokens/\(World.token)")
            try await world.pageShows("_sync", "GitHub rejects the token")
            let commit = try await world.push(["a": "1"])
            try await world.pageShows("_deliveries", "push")
            await world.stop()
            try await world.client.control("POST", "users", ["login": "kozmic", "token": "the-next-token"])
            try await world.serve(token: "the-next-token")
            try await world.expect(commit, "success")
            #expect(!world.controllerLog.contains("wrong-token-that-nobody-may-print"))
            #expect(!world.controllerLog.contains(World.token))
        }
    }
}
