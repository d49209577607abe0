import Foundation
import GitHub
import Model
import Store
import Testing

@testable import Web

@Suite("Who asks the API, and how often")
struct APICallerTests {
    @Test("a token is asked about now and then, refused ones too; GitHub's trouble does not shut out who was known")
    func tokens() async throws {
        let office = TokenOffice()
        try await Site.with(account: office.account) { site in
            _ = try await site.prepareForAPI()
            func status(_ login: String) async throws -> Int {
                try await site.api("/projects/acme/secret-one", as: login).status
            }
            for _ in 0..<3 { #expect(try await status("member") == 200) }
            #expect(office.questions == 1)
            for _ in 0..<3 { #expect(try await status("nobody") == 401) }
            #expect(office.questions == 2)
            site.clock.advance(61)
            #expect(try await status("nobody") == 401 && office.questions == 3)
            #expect(try await status("member") == 200 && office.questions == 3)
            site.clock.advance(300)
            #expect(try await status("member") == 200 && office.questions == 4)

            office.fail(.server(502))
            site.clock.advance(301)
            #expect(try await status("member") == 200)
            let unknown = try await site.api("/user", as: "manager")
            #expect(unknown.status == 503 && unknown.headers["retry-after"] != nil)
            site.clock.advance(3600)
            #expect(try await status("member") == 503)
            // Who took the token back is out with the next question.
            office.fail(.unauthorized)
            #expect(try await status("member") == 401)
            office.fail(nil)
            #expect(try await status("member") == 401)
            site.clock.advance(61)
            #expect(try await status("member") == 200)
            // A role that is taken away counts at once.
            let project = try #require(try await site.store.project(Site.repository("acme/secret-one")))
            try await site.store.saveRoles(project.id, [], fulfils: 0)
            #expect(try await status("member") == 404)

            for header in ["Bearer", "Basic abc", "Bearer a b", "Bearer \(String(repeating: "x", count: 300))"] {
                let answer = try await site.api("/user", headers: ["Authorization": header])
                #expect(answer.status == 401 && answer.headers["www-authenticate"] != nil, "\(header)")
            }
            // Neither the tokens nor anything that they could be read from is on the disk.
            for file in try FileManager.default.contentsOfDirectory(atPath: site.folder)
            where file.hasPrefix("kozmic.sq") {
                let bytes = try Data(contentsOf: URL(filePath: "\(site.folder)/\(file)"))
                #expect(bytes.range(of: Data("token-of-".utf8)) == nil, "\(file)")
            }
        }
    }

    @Test("too many requests of one caller are refused until there is room again, and others do not notice")
    func limits() async throws {
        let office = TokenOffice()
        let rate = CallLimits.Rate(burst: 3, perMinute: 60)
        try await Site.with(
            account: office.account, calls: rate, introductions: CallLimits.Rate(burst: 4, perMinute: 60)
        ) { site in
            _ = try await site.prepareForAPI()
            func status(_ login: String?, _ headers: [String: String] = [:]) async throws -> Int {
                try await site.api("/projects", as: login, headers: headers).status
            }
            for _ in 0..<3 { #expect(try await status("member") == 200) }
            let refused = try await site.api("/projects", as: "member")
            #expect(refused.status == 429 && refused.headers["retry-after"] == "1")
            #expect(refused.text.contains("rate_limited"))
            #expect(try await status("manager") == 200)
            for _ in 0..<3 { #expect(try await status(nil) == 200) }
            #expect(try await status(nil) == 429)
            #expect(try await site.client.get("//_api//v1/projects").status == 429)
            // A proxy on this machine says for whom it asks.
            #expect(try await status(nil, ["X-Forwarded-For": "192.0.2.1, 192.0.2.7"]) == 200)
            // The pages have no such limit.
            #expect(try await site.client.get("/").status == 200)
            // But what is dear there has, together with the API's.
            let log = "/acme/widget/builds/1/jobs/lint/log"
            for path in ["\(log)?download", log, "\(log)/search?q=first"] {
                #expect(try await site.client.get(path).status == 429, "\(path)")
                let answer = try await site.client.get(path, ["X-Forwarded-For": "192.0.2.20"])
                #expect(answer.status == 200, "\(path)")
            }
            let last = try await site.client.get("\(log)/search?q=first", ["X-Forwarded-For": "192.0.2.20"])
            #expect(last.status == 429 && last.headers["retry-after"] == "1" && last.text.contains("Too many requests"))
            #expect(try await site.client.get("/acme/widget/builds/1/jobs/lint").status == 200)
            site.clock.advance(2)
            for _ in 0..<2 { #expect(try await status("member") == 200) }
            #expect(try await status("member") == 429)
            // Guessed tokens do not become questions to GitHub without end.
            let before = office.questions
            for number in 0..<10 { _ = try await status("guess-\(number)") }
            #expect(office.questions <= before + 4)
            #expect(try await status("guess-11") == 429)
        }
    }

    @Test("only proxies that are named say for whom they ask, and only the last address that is none counts")
    func proxies() {
        var proxies = TrustedProxies.loopback
        for text in ["10.1.0.0/16", "fd00::/8", "192.0.2.9"] {
            let isAddress = proxies.add(text)
            #expect(isAddress, "\(text)")
        }
        for text in ["", "x", "10.1.0.0/33", "10.1.0.0/", "10.1.0.0/+8", "10.1/16", "::/129", "localhost"] {
            let isAddress = proxies.add(text)
            #expect(!isAddress, "\(text)")
        }
        func caller(_ peer: String, _ forwarded: String...) -> String {
            proxies.caller(peer: peer, forwarded: forwarded)
        }
        #expect(caller("198.51.100.1", "192.0.2.1") == "198.51.100.1")
        #expect(caller("10.2.0.1", "192.0.2.1") == "10.2.0.1")
        #expect(caller("10.1.255.7", "1.1.1.1, 198.51.100.4") == "198.51.100.4")
        #expect(caller("127.0.0.1", "1.1.1.1,198.51.100.4 , 10.1.0.3", "fd12::1") == "198.51.100.4")
        #expect(caller("::1", "10.1.0.3") == "10.1.0.3")
        #expect(caller("::ffff:10.1.0.1", "[2001:db8::1]:443") == "2001:db8::1")
        #expect(caller("192.0.2.9", "198.51.100.4:1234") == "198.51.100.4")
        #expect(caller("127.0.0.1") == "127.0.0.1" && caller("127.0.0.1", ", ,") == "127.0.0.1")
        #expect(caller("127.0.0.1", "unknown") == "unknown")
        #expect(caller("127.0.0.1", String(repeating: "x", count: 999)).count == 64)
    }

    @Test("there is room for so many callers only")
    func bounded() throws {
        let clock = Site.Clock()
        let limits = CallLimits(
            requests: CallLimits.Rate(burst: 1, perMinute: 1), capacity: 100, now: { clock.now })
        for number in 0..<1000 {
            clock.advance(0.001)
            try limits.take("caller \(number)")
        }
        #expect(throws: APIProblem.self) { try limits.take("caller 999") }
        clock.set(clock.now.addingTimeInterval(-3600))
        #expect(throws: APIProblem.self) { try limits.take("caller 999") }
        clock.advance(7200)
        try limits.take("caller 999")
    }
}
