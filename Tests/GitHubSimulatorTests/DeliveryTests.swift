import Curl
import Foundation
import Testing

@testable import GitHubSimulator

@Suite("Deliveries")
struct DeliveryTests {
    private func deliveries(_ fixture: SimulatorFixture) async throws -> [JSON] {
        try #require(try await fixture.control("GET", "/repos/acme/widget/deliveries").items)
    }

    @Test("all webhooks of one event share the GUID and are signed over the raw body, as JSON and as a form")
    func signatures() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            let first = try await fixture.hook(receiver.url + "/1", secret: "one")
            let second = try await fixture.hook(receiver.url + "/2", secret: "two", form: true)
            _ = await (receiver.next("ping"), receiver.next("ping"))
            try await fixture.commit("main", ["b.txt": "umlauts: äöü & more\n"])
            let pushes = await [receiver.next("push"), receiver.next("push")]
            #expect(Set(pushes.map(\.guid)).count == 1)
            for push in pushes {
                #expect(push.headers["user-agent"]?.hasPrefix("GitHub-Hookshot/") == true)
                #expect(push.headers["x-github-hook-installation-target-type"] == "repository")
                if push.headers["x-github-hook-id"] == String(first) {
                    #expect(push.headers["content-type"] == "application/json")
                    #expect(push.isSigned(with: "one"))
                    #expect(push.json["ref"] == "refs/heads/main")
                } else {
                    #expect(push.headers["x-github-hook-id"] == String(second))
                    #expect(push.headers["content-type"] == "application/x-www-form-urlencoded")
                    #expect(push.isSigned(with: "two"))
                    let text = String(decoding: push.body, as: UTF8.self)
                    let json = RESTCall.parse(query: text).first { $0.name == "payload" }?.value ?? ""
                    #expect(try JSON(reading: Array(json.utf8))["ref"] == "refs/heads/main")
                }
            }
        }
    }

    @Test("what became of a delivery is remembered, in the list and on the webhook")
    func outcomes() async throws {
        try await SimulatorFixture.withReceiver(webhookTimeout: .seconds(2)) { fixture, receiver in
            await receiver.answer(with: 413)
            _ = try await fixture.hook(receiver.url)
            _ = try await fixture.hook("http://127.0.0.1:1/refused")
            _ = try await fixture.hook("https://127.0.0.1:1/encrypted")
            // The receiver of this one listens and never answers.
            let silent = try SilentListener()
            _ = try await fixture.hook("http://127.0.0.1:\(silent.port)/silent")
            try await fixture.idle()
            let hooks = try #require(try await fixture.control("GET", "/repos/acme/widget/hooks").items)
            let messages = hooks.compactMap { $0["last_response"]?["message"]?.text }
            #expect(
                messages == [
                    "Invalid HTTP Response: 413", "failed to connect to host", "failed to connect to host",
                    "timed out",
                ])
            #expect(hooks[0]["last_response"]?["code"] == 413)
            await receiver.answer(with: 200)
            try await fixture.commit()
            try await fixture.idle()
            let last = try await deliveries(fixture).filter { $0["event"] == "push" }
            #expect(last.first?["status"] == "OK" && last.first?["status_code"] == 200)
        }
    }

    @Test("deliveries come in pages with cursors, and one shows what was sent and answered")
    func pages() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            let id = try await fixture.hook(receiver.url)
            for number in 1...4 { try await fixture.commit("main", ["n": .string("\(number)")]) }
            try await fixture.idle()
            var seen: [Int64] = []
            var next: String? = "/repos/acme/widget/hooks/\(id)/deliveries?per_page=2"
            var pageCount = 0
            while let address = next {
                let page = try await fixture.rest("GET", address)
                #expect(page.status == 200)
                seen += (page.json.items ?? []).compactMap { $0["id"]?.number }
                let link = page.headers["Link"] ?? ""
                #expect(!link.contains("rel=\"last\"") && (link.contains("rel=\"prev\"") == (pageCount > 0)))
                next = Self.next(in: link)
                if let next { #expect(next.contains("/repositories/") && next.contains("cursor=v1_")) }
                pageCount += 1
            }
            #expect(pageCount == 3)
            #expect(seen.count == 5 && seen == seen.sorted(by: >))
            let one = try await fixture.rest("GET", "/repos/acme/widget/hooks/\(id)/deliveries/\(seen[0])")
            #expect(one.json["request"]?["payload"]?["ref"] == "refs/heads/main")
            #expect(one.json["request"]?["headers"]?["X-GitHub-Event"] == "push")
            #expect(one.json["status_code"] == 202)
        }
    }

    @Test("a redelivery has a new id and the old GUID")
    func redelivery() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            let id = try await fixture.hook(receiver.url)
            try await fixture.commit()
            let push = await receiver.next("push")
            try await fixture.idle()
            let list = try await fixture.rest("GET", "/repos/acme/widget/hooks/\(id)/deliveries")
            let old = try #require(list.json.items?.first?["id"]?.number)
            let address = "/repos/acme/widget/hooks/\(id)/deliveries/\(old)/attempts"
            let answer = try await fixture.rest("POST", address)
            #expect(answer.status == 202 && answer.json == [:])
            let again = await receiver.next("push")
            #expect(again.guid == push.guid && again.body == push.body && again.isSigned(with: "s3cret"))
            try await fixture.idle()
            let newest = try await fixture.rest("GET", "/repos/acme/widget/hooks/\(id)/deliveries")
            #expect(newest.json.items?.first?["redelivery"] == true)
            #expect(newest.json.items?.first?["id"]?.number != old)
            let unknown = "/repos/acme/widget/hooks/\(id)/deliveries/1/attempts"
            #expect(try await fixture.rest("POST", unknown).status == 404)
        }
    }

    @Test("deliveries can be lost, failed, doubled and forged")
    func faults() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url)
            _ = await receiver.next("ping")
            func commit(with action: String) async throws -> [ReceivedHook] {
                try await fixture.control(
                    "POST", "/faults", ["target": "webhook", "action": .string(action), "event": "push"])
                try await fixture.commit("main", ["x": .string(action)])
                try await fixture.idle()
                return await receiver.rest()
            }
            #expect(try await commit(with: "lose").isEmpty)
            #expect(try await deliveries(fixture).count == 1)
            #expect(try await commit(with: "fail").isEmpty)
            #expect(try await deliveries(fixture).last?["status"] == "failed to connect to host")
            let twice = try await commit(with: "double")
            #expect(twice.count == 2 && Set(twice.map(\.guid)).count == 1)
            let forged = try await commit(with: "forge")
            #expect(forged.count == 1 && !forged[0].isSigned(with: "s3cret"))
            try await fixture.commit("main", ["x": "fine"])
            #expect(await receiver.next("push").isSigned(with: "s3cret"))
        }
    }

    private static func next(in link: String) -> String? {
        link.split(separator: ", ").first { $0.hasSuffix("rel=\"next\"") }.map {
            String($0.drop { $0 == "<" }.prefix { $0 != ">" })
        }
    }
}

/// A socket that accepts connections (the kernel does) and never reads.
final class SilentListener {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isListening)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
