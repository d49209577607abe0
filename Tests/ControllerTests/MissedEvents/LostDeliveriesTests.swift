import Foundation
import GitHub
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("Deliveries that never arrived")
    struct LostDeliveriesTests {
        @Test("a failed delivery is asked for again once in an hour; one that is stored is not")
        func askedOnce() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.sync()
                await fixture.reconcile()
                try await fixture.control("GET", "/idle?timeout=5000")
                _ = await fixture.missedEvents.pass()
                try await fixture.control(
                    "POST", "/faults", ["target": "webhook", "action": "fail", "event": "push", "times": 3])
                try await fixture.commit(message: "one")
                let arrived = try await pushes(fixture)
                #expect(arrived.count == 2, "one for each hook")
                let known = try #require(arrived.first)
                let hook = try await hook(of: known, fixture)
                _ = try await fixture.store.inbox.store(
                    NewDelivery(
                        repository: try fixture.widgetName, hook: hook, guid: try #require(known["guid"] as? String),
                        event: "push", payload: Array("{}".utf8)))

                for _ in 0..<2 { _ = await fixture.missedEvents.pass() }
                let repeated = try await pushes(fixture).filter { $0["redelivery"] as? Bool == true }
                #expect(repeated.count == 1)
                #expect(repeated.first?["guid"] as? String == known["guid"] as? String)
                #expect(repeated.first?["hook_id"] as? Int64 != known["hook_id"] as? Int64)
            }
        }

        @Test("they are asked for again although GitHub has trouble with the list of pull requests")
        func troubleWithOneList() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.sync()
                await fixture.reconcile()
                try await fixture.control("GET", "/idle?timeout=5000")
                try await fixture.control(
                    "POST", "/faults", ["target": "webhook", "action": "fail", "event": "push", "times": 2])
                try await fixture.commit(message: "one")
                #expect(try await pushes(fixture).count == 2, "one for each hook")
                try await fixture.control(
                    "POST", "/faults",
                    [
                        "target": "request", "path": "/repos/acme/widget/pulls", "action": "status", "status": 502,
                        "times": -1,
                    ])
                _ = await fixture.missedEvents.passOverLists()
                #expect(try await pushes(fixture).filter { $0["redelivery"] as? Bool == true }.count == 2)
            }
        }

        @Test("the latest attempt of each GUID counts; pings and repeats of the last hour do not")
        func due() throws {
            func attempt(
                _ id: Int64, _ guid: String, ago: Double, again: Bool = false, event: String = "push",
                code: Int = 202
            ) throws
                -> GitHubDelivery
            {
                let time = Date(timeIntervalSince1970: 1_800_000_000 - ago).formatted(.iso8601)
                let json = """
                    {"id": \(id), "guid": "\(guid)", "delivered_at": "\(time)", "redelivery": \(again), "status": "x",
                     "status_code": \(code), "event": "\(event)", "action": null}
                    """
                let decoder = JSONDecoder()
                decoder.dateDecodingStrategy = .iso8601
                return try decoder.decode(GitHubDelivery.self, from: Data(json.utf8))
            }
            let attempts = [
                try attempt(10, "failed", ago: 2, code: 502), try attempt(9, "young", ago: 1),
                try attempt(8, "again", ago: 600, again: true),
                try attempt(7, "old-again", ago: 7200, again: true), try attempt(6, "ping", ago: 8000, event: "ping"),
                try attempt(5, "old-again", ago: 9000), try attempt(4, "again", ago: 9000),
                try attempt(3, "first", ago: 9500),
            ]
            let due = LostDeliveries.due(
                attempts, before: Date(timeIntervalSince1970: 1_800_000_000 - 15), pause: 3600)
            #expect(due.map(\.id) == [3, 7, 10])
        }

        private func pushes(_ fixture: ControllerFixture) async throws -> [[String: Any]] {
            try await fixture.control("GET", "/idle?timeout=5000")
            return try await fixture.list("/repos/acme/widget/deliveries").filter { $0["event"] as? String == "push" }
        }

        private func hook(of delivery: [String: Any], _ fixture: ControllerFixture) async throws -> HookID {
            let url = try #require(delivery["url"] as? String)
            return try #require(url.split(separator: "/").last.flatMap { HookID($0) })
        }
    }
}
