import Foundation
import Model
import OpenSSL
import Store
import Testing

@testable import Web

@Suite struct WebhookTests {
    private let payload = Array(#"{"zen":"Keep it \"simple\"","n":[1,-2.5e3,true,null,{}]}"#.utf8)

    private func deliver(
        _ site: Site, to path: String = "acme/widget/tests", body: [UInt8], signedFor: String? = "acme/widget/tests",
        guid: String = "guid-1", headers: [String: String] = [:]
    ) async throws -> Client.Answer {
        var all = ["X-GitHub-Delivery": guid, "X-GitHub-Event": "push", "Content-Type": "application/json"]
        if let signedFor {
            let parts = signedFor.split(separator: "/")
            let secret = site.key.webhookSecret(
                try Site.repository("\(parts[0])/\(parts[1])"), try Site.hook(String(parts[2])))
            all["X-Hub-Signature-256"] = "sha256=\(Hex.encode(HMAC.sha256(key: Array(secret.utf8), body)))"
        }
        for (name, value) in headers { all[name] = value.isEmpty ? nil : value }
        return try await site.client.send("POST", "/_hooks/\(path)", all, body: body)
    }

    @Test("what is signed by its own hook's secret is stored once, and before the answer")
    func accepted() async throws {
        try await Site.with { site in
            try await site.declare([try Site.project("Acme/Widget", hooks: ["style", "tests"])])
            let answer = try await deliver(site, body: payload)
            #expect(answer.status == 202)
            #expect(answer.text.contains(#""result":"stored""#))
            let stored = try #require(try await site.store.pendingDeliveries(limit: 10).first)
            #expect(stored.payload == payload)
            #expect(stored.delivery.guid == "guid-1" && stored.delivery.event == "push")
            #expect(stored.delivery.repository.description == "Acme/Widget")
            let again = try await deliver(site, body: payload)
            #expect(again.status == 202 && again.text.contains(#""result":"repeat""#))
            // Another hook's webhook has the same GUID for the same event.
            let other = try await deliver(
                site, to: "ACME/widget/style", body: payload, signedFor: "acme/widget/style")
            #expect(other.status == 202 && other.text.contains("stored"))
            #expect(try await site.store.pendingDeliveries(limit: 10).count == 2)
        }
    }

    @Test("what is not signed by its own hook's secret is refused and leaves nothing behind")
    func refused() async throws {
        try await Site.with { site in
            try await site.declare([try Site.project("acme/widget", hooks: ["style", "tests"])])
            func status(_ answer: Client.Answer) -> Int { answer.status }
            #expect(try await deliver(site, body: payload, signedFor: nil).status == 401)
            #expect(try await deliver(site, body: payload, signedFor: "acme/widget/style").status == 401)
            #expect(try await deliver(site, body: payload, signedFor: "acme/gadget/tests").status == 401)
            let signature = "X-Hub-Signature-256"
            for wrong in [
                "sha256=", "sha256=zz", "sha1=" + String(repeating: "0", count: 64), String(repeating: "0", count: 71),
                "sha256=" + String(repeating: "0", count: 64),
            ] {
                #expect(try await deliver(site, body: payload, headers: [signature: wrong]).status == 401, "\(wrong)")
            }
            #expect(try await deliver(site, to: "acme/widget/none", body: payload).status == 404)
            #expect(try await deliver(site, to: "acme/none/tests", body: payload).status == 404)
            #expect(try await deliver(site, to: "-/%00/..", body: payload).status == 404)
            #expect(try await deliver(site, body: payload, headers: ["X-GitHub-Delivery": ""]).status == 400)
            #expect(try await deliver(site, body: payload, headers: ["X-GitHub-Event": ""]).status == 400)
            #expect(
                try await deliver(site, body: payload, headers: ["X-GitHub-Event": String(repeating: "e", count: 101)])
                    .status == 400)
            #expect(try await deliver(site, body: Array("not json".utf8)).status == 400)
            #expect(try await deliver(site, body: []).status == 400)
            #expect(try await site.store.pendingDeliveries(limit: 10).isEmpty)
        }
    }

    @Test("a form's payload is what is stored; the signature is over the raw body")
    func form() async throws {
        try await Site.with { site in
            try await site.declare([try Site.project("acme/widget")])
            let body = Array("payload=%7B%22a%22%3A%22b+c%2B%C3%A9%22%7D&x=1".utf8)
            let type = ["Content-Type": "application/x-www-form-urlencoded"]
            #expect(try await deliver(site, body: body, headers: type).status == 202)
            let stored = try #require(try await site.store.pendingDeliveries(limit: 1).first)
            #expect(String(decoding: stored.payload, as: UTF8.self) == #"{"a":"b c+é"}"#)
            for wrong in ["payload=%7", "payload=%zz", "other=1", "payload=", "payload=[1]"] {
                #expect(
                    try await deliver(site, body: Array(wrong.utf8), guid: wrong, headers: type).status == 400,
                    "\(wrong)")
            }
        }
    }

    @Test("25 MB is the limit, whether or not the length is told beforehand")
    func large() async throws {
        try await Site.with { site in
            try await site.declare([try Site.project("acme/widget")])
            let limit = WebhookEndpoint.maximumBytes
            let told = try await deliver(site, body: [], headers: ["Content-Length": "\(limit + 1)"])
            #expect(told.status == 413)
            let large = [UInt8](#"{"a":""#.utf8) + [UInt8](repeating: 0x61, count: limit - 8) + [UInt8](#""}"#.utf8)
            #expect(large.count == limit)
            #expect(try await deliver(site, body: large).status == 202)
            let chunked = try Connection(port: site.client.port)
            await chunked.write(
                Array("POST /_hooks/acme/widget/tests HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
            let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 0x61, count: 1 << 20) + Array("\r\n".utf8)
            for _ in 0..<26 { await chunked.write(chunk) }
            var reader = AnswerReader(chunked, hasBody: true)
            #expect(try await reader.head().status == 413)
        }
    }

    @Test(
        "a body that is no HTTP is its sender's mistake, and no error of the server",
        arguments: [
            "acme/widget/tests", "", "api",
        ])
    func broken(address: String) async throws {
        let office = TokenOffice()
        try await Site.with(account: office.account) { site in
            _ = try await site.prepareForAPI()
            let path =
                switch address {
                case "": "/_events"
                case "api": "/_api/v1/projects/acme/widget/builds/1/rerun"
                default: "/_hooks/\(address)"
                }
            func open(_ framing: String, _ body: String) async throws -> Connection {
                let connection = try Connection(port: site.client.port)
                await connection.write(
                    Array(
                        "POST \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-manager\r\n".utf8)
                        + Array("\(framing)\r\n\r\n\(body)".utf8))
                return connection
            }
            var reader = AnswerReader(try await open("Transfer-Encoding: chunked", "zz\r\nabc\r\n"), hasBody: true)
            let answer = try await reader.answer()
            #expect(answer.status == 400)
            #expect(answer.headers["content-type"]?.hasPrefix("application/json") == true)
            // Gone in the middle of it.
            _ = try await open("Content-Length: 100", "abc")
            #expect(site.log.errors == [])
        }
    }

    @Test("a webhook that is declared or removed counts at once")
    func changes() async throws {
        try await Site.with { site in
            try await site.declare([try Site.project("acme/widget")])
            #expect(try await deliver(site, body: payload).status == 202)
            try await site.declare([try Site.project("acme/widget", hooks: ["style"])], commit: "c2")
            try await eventually { try await deliver(site, body: payload).status == 404 }
            let style = try await deliver(site, to: "acme/widget/style", body: payload, signedFor: "acme/widget/style")
            #expect(style.status == 202)
        }
    }

    @Test("JSON is recognised as Foundation recognises it")
    func json() {
        let seeds = [
            #"{"a":[1,2,{"b":null}],"c":"\u00e9\n","d":-0.5e+3,"e":true,"f":false}"#, #"{}"#, #" { "x" : [ ] } "#,
            #"{"a":"\ud83d\ude00 é 🙂"}"#,
            #"{"a long name":"and a long text, é🙂, with \" and \\ in it", "more": "of it"}"#,
        ]
        var random = Random(seed: 3)
        let alphabet = Array(#"{}[],:"\u0123eE+-.tfn abz"#.utf8) + [0, 9, 10, 0xC3, 0xA9, 0xFF]
        var agreed = 0
        for round in 0..<20_000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<random.next(3) {
                let place = random.next(bytes.count)
                switch random.next(3) {
                case 0: bytes[place] = alphabet[random.next(alphabet.count)]
                case 1: bytes.insert(alphabet[random.next(alphabet.count)], at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            let foundation = (try? JSONSerialization.jsonObject(with: Data(bytes))) is [String: Any]
            let ours = JSONText.isObject(bytes)
            // Foundation takes a comma too many, and refuses halves of surrogate pairs and numbers that it cannot hold.
            if ours != foundation {
                let text = String(decoding: bytes, as: UTF8.self)
                let isKnown = ours ? text.contains(#/\\u|[0-9][eE]/#) : text.contains(#/,\s*[\]}]/#)
                #expect(isKnown, "\(String(decoding: bytes, as: UTF8.self))")
            } else {
                agreed += 1
            }
        }
        #expect(agreed > 19_000)
        #expect(!JSONText.isObject(Array(String(repeating: #"{"a":"#, count: 10_000).utf8)))
        #expect(!JSONText.isObject(Array("{\"a\":\"".utf8) + [0xC3] + Array("\"}".utf8)))
    }
}
