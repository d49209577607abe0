import Foundation
import GitHub
import Synchronization
import Testing

@Suite struct ListTests {
    @Test("a list is read to its end by following Link")
    func pages() async throws {
        let address = Mutex("")
        try await Fixture.with { request, number in
            let base = address.withLock { $0 }
            let links =
                #"<\#(base)/api/v3/repositories/5/hooks?page=\#(number + 1)>; rel="next", <\#(base)/x>; rel="last""#
            return .json(200, "[\(hookJSON(id: Int64(number)))]", number < 3 ? ["Link": links] : [:])
        } _: { fixture in
            address.withLock { $0 = fixture.server.url }
            let hooks = try await fixture.client.hooks("acme/widget")
            #expect(hooks.map(\.id) == [1, 2, 3])
            #expect(
                fixture.server.requests.map(\.target) == [
                    "/api/v3/repos/acme/widget/hooks?per_page=100", "/api/v3/repositories/5/hooks?page=2",
                    "/api/v3/repositories/5/hooks?page=3",
                ])
        }
    }

    @Test("a next page on another host is not followed, and gets no token")
    func otherHost() async throws {
        let other = try ScriptedServer { _, _ in .json(200, "[]") }
        defer { other.stop() }
        let next = #"<\#(other.url)/hooks?page=2>; rel="next""#
        try await Fixture.with { _, _ in
            .json(200, "[]", ["Link": next])
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.hooks("acme/widget") }
            #expect(error?.kind == .decoding)
            #expect(other.requests.isEmpty)
        }
    }

    @Test("a list without an end is an error, not half a list")
    func endless() async throws {
        let address = Mutex("")
        try await Fixture.with(pageLimit: 4) { _, _ in
            .json(200, "[]", ["Link": "<\(address.withLock { $0 })/more>; rel=next"])
        } _: { fixture in
            address.withLock { $0 = fixture.server.url }
            let error = await failure { () throws(GitHubError) in try await fixture.client.hooks("acme/widget") }
            #expect(error?.kind == .tooLarge)
            #expect(fixture.server.requests.count == 4)
        }
    }

    @Test("deliveries are read back to a date and no further")
    func deliveries() async throws {
        let address = Mutex("")
        func delivery(_ id: Int64, day: Int) -> String {
            #"{"id":\#(id),"guid":"g\#(id)","delivered_at":"2026-01-0\#(day)T00:00:00Z","redelivery":false,"duration":0.2,"status":"OK","status_code":202,"event":"push","action":null,"installation_id":null}"#
        }
        let first = "[\(delivery(73_209_766_136, day: 5)),\(delivery(2, day: 4))]"
        let second = "[\(delivery(3, day: 3)),\(delivery(4, day: 1))]"
        try await Fixture.with { _, number in
            .json(
                200, number == 1 ? first : second,
                ["Link": "<\(address.withLock { $0 })/next?cursor=v1_\(number)>; rel=\"next\""])
        } _: { fixture in
            address.withLock { $0 = fixture.server.url }
            let since = try Date("2026-01-02T00:00:00Z", strategy: .iso8601)
            let found = try await fixture.client.hookDeliveries("acme/widget", 9, since: since)
            #expect(found.map(\.id) == [73_209_766_136, 2, 3])
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test("an unchanged answer is taken from the cache, a changed one is read")
    func etags() async throws {
        try await Fixture.with { request, number in
            switch (request.headers["if-none-match"], number) {
            case (nil, 1): .json(200, "[\(hookJSON(id: 1))]", ["ETag": #"W/"one""#])
            case (#"W/"one""#, 2): .answer(304, headers: ["ETag": #"W/"one""#])
            case (#"W/"one""#, 3): .json(200, "[\(hookJSON(id: 2))]", ["ETag": #"W/"two""#])
            case (#"W/"two""#, 4): .answer(304)
            default: .json(500, "unexpected")
            }
        } _: { fixture in
            var ids: [[Int64]] = []
            for _ in 1...4 { ids.append(try await fixture.client.hooks("acme/widget").map(\.id)) }
            #expect(ids == [[1], [1], [2], [2]])
        }
    }

    @Test("what an earlier process read is only asked whether it holds; what is damaged is read again")
    func archive() async throws {
        let archive = Archive()
        try await Fixture.with(archive: archive) { request, _ in
            request.headers["if-none-match"] == #"W/"one""#
                ? .answer(304) : .json(200, "[\(hookJSON(id: 1))]", ["ETag": #"W/"one""#])
        } _: { fixture in
            let second = fixture.another()
            for client in [fixture.client, second, second] {
                let ids = try await client.hooks("acme/widget").map(\.id)
                #expect(ids == [1])
            }
            let conditions = fixture.server.requests.map { $0.headers["if-none-match"] != nil }
            #expect(conditions == [false, true, true])
            #expect(archive.keys.count == 1)
            #expect(!archive.keys.joined().contains(Fixture.token))
            archive.damage()
            let ids = try await fixture.another().hooks("acme/widget").map(\.id)
            #expect(ids == [1])
            #expect(fixture.server.requests.count == 5, "304, then without a condition")
        }
    }
}
