import Foundation
import Synchronization
import Testing

@testable import kozmic

@Suite("Rotation under load")
struct RotationLoadTests {
    /// A delivery in the stand-in's list.
    private struct Delivery: Decodable {
        var event: String
        var statusCode: Int?
        var url: String?
    }

    /// Says that it is enough.
    private final class Stop: Sendable {
        private let isOver = Mutex(false)
        func now() { isOver.withLock { $0 = true } }
        var hasCome: Bool { isOver.withLock { $0 } }
    }

    /// One push after the other, each a delivery that is signed with whatever secret there is; answers how many.
    private static func push(to world: World, until stop: Stop) async throws -> Int {
        var number = 0
        while !stop.hasCome {
            number += 1
            _ = try await world.push(["a": "\(number)"])
        }
        return number
    }

    @Test("while secrets are replaced twice and the server starts with another secret key, no delivery is refused")
    func noneRefused() async throws {
        var setup = World.Setup()
        setup.engine = "unix:///nonexistent"
        try await World.with(Project.file("#!/bin/sh\ntrue", more: "    paths: [src/**]\n"), setup) { world in
            func generation(_ number: Int) async throws {
                try await world.client.eventually("secret #\(number)", within: .seconds(30)) {
                    try await world.webhooks().allSatisfy { $0.url.hasSuffix("?rotation=\(number)") } ? true : nil
                }
            }
            let stop = Stop()
            async let pushes = Self.push(to: world, until: stop)
            for number in 2...3 {
                let rotated = try await Shell.result(
                    Program.kozmic,
                    ["rotate", "webhook-secrets", world.repository, "--data-dir", world.dataDirectory],
                    withErrors: true)
                #expect(rotated.status == 0, "\(rotated.output)")
                try await generation(number)
            }
            stop.now()
            #expect(try await pushes > 1)
            // In a pause: nobody listens while the server starts.
            try await world.client.control("GET", "idle?timeout=20000")
            await world.stop()
            let key = "\(world.dataDirectory)/secret.key"
            let old = "\(world.folder)/old.key"
            try FileManager.default.moveItem(atPath: key, toPath: old)
            let before = try await world.secretHashes()
            // GitHub is slow to take the new secret, and events go on.
            try await world.fault([
                "target": "request", "action": "delay", "milliseconds": 700, "method": "PATCH", "times": 3,
            ])
            try await world.serve(["--old-secret-key-file", old], webhooks: 0)
            for number in 1...15 { _ = try await world.push(["b": "\(number)"]) }
            try await world.client.eventually("secrets of the new key", within: .seconds(30)) {
                try await world.secretHashes() != before ? true : nil
            }
            for number in 1...5 { _ = try await world.push(["c": "\(number)"]) }
            try await world.client.control("GET", "idle?timeout=20000")
            let deliveries = try await world.client.control("GET", "deliveries", as: [Delivery].self)
            let refused = deliveries.filter { $0.event == "push" && $0.statusCode != 202 }
            #expect(deliveries.count > 20)
            #expect(refused.isEmpty, "\(refused.prefix(3))")
        }
    }
}

extension World {
    /// What the webhooks' secrets are, as hashes that only the stand-in tells.
    fileprivate func secretHashes() async throws -> [String] {
        struct Webhook: Decodable { var secretSha256: String? }
        return try await client.control("GET", "repos/\(repository)/hooks", as: [Webhook].self)
            .map { $0.secretSha256 ?? "" }
    }
}
