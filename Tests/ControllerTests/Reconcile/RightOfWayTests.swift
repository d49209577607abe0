import Foundation
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("What changed goes before what is only looked at again")
    struct RightOfWayTests {
        @Test("a full pass begins nothing while something has the right of way, and goes on afterwards")
        func fullPass() async throws {
            try await ControllerFixture.with { fixture in
                var fixture = fixture
                fixture.configuration.syncInterval = .seconds(3600)
                _ = try await fixture.sync()
                let way = RightOfWay()
                let loop = ReconcileLoop(
                    configuration: fixture.configuration, store: fixture.store, client: fixture.client, hints: nil,
                    rightOfWay: way, logger: fixture.logger)
                try await fixture.control("DELETE", "/requests")
                way.enter()
                let pass = Task { await loop.passOverAll() }
                for _ in 0..<1000 { await Task.yield() }
                #expect(try await Self.requests(fixture) == 0)
                way.leave()
                _ = await pass.value
                #expect(try await Self.requests(fixture) > 0)
            }
        }

        private static func requests(_ fixture: ControllerFixture) async throws -> Int {
            let answer = try await fixture.control("GET", "/requests") as? [String: Any]
            return try #require(answer?["requests"] as? [[String: Any]]).count { $0["kind"] as? String == "rest" }
        }

        @Test("nobody waits when there is no reason to, after the end of their patience, or once they are cancelled")
        func patience() async {
            let way = RightOfWay()
            await way.giveWay(until: .now + .seconds(3600))
            way.enter()
            way.enter()
            way.leave()
            await way.giveWay(until: .now - .seconds(1))
            await way.giveWay(until: .now + .milliseconds(30))
            let waiting = Task { await way.giveWay(until: .now + .seconds(3600)) }
            waiting.cancel()
            await waiting.value
        }
    }
}
