import Curl
import Testing

@testable import GitHubSimulator

@Suite("The rules of webhooks")
struct HookRulesTests {
    private static let hooks = "/repos/acme/widget/hooks"

    @Test("a webhook takes GitHub's defaults and never gives its secret back")
    func defaults() async throws {
        try await SimulatorFixture.with { fixture in
            let made = try await fixture.rest(
                "POST", Self.hooks, ["config": ["url": "http://127.0.0.1:9/x", "secret": "open sesame"]])
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.number)
            #expect(id > Int64(UInt32.max))
            #expect(made.headers["Location"]?.hasSuffix("/repos/acme/widget/hooks/\(id)") == true)
            #expect(made.json["events"] == ["push"])
            #expect(made.json["active"] == true)
            #expect(made.json["config"]?["content_type"] == "form")
            #expect(made.json["config"]?["insecure_ssl"] == "0")
            #expect(made.json["config"]?["secret"] == "********")
            #expect(!made.text.contains("open sesame"))
            #expect(made.json["last_response"] == ["code": nil, "status": "unused", "message": nil])
            let gone = try await fixture.rest("DELETE", "\(Self.hooks)/\(id)")
            #expect(gone.status == 204 && gone.body.isEmpty)
            #expect(try await fixture.rest("DELETE", "\(Self.hooks)/\(id)").status == 404)
        }
    }

    @Test("a second webhook with the same config and an event in common is refused, also when both race")
    func duplicates() async throws {
        try await SimulatorFixture.with { fixture in
            let body: JSON = ["config": ["url": "http://127.0.0.1:9/x"], "events": ["push", "create"]]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await fixture.rest("POST", Self.hooks, body).status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201, 422, 422, 422])
            let again = try await fixture.rest(
                "POST", Self.hooks, ["config": ["url": "http://127.0.0.1:9/x", "secret": "other"]])
            #expect(again.status == 422)
            #expect(again.json["message"] == "Validation Failed")
            #expect(again.errors == ["Hook already exists on this repository"])
            let other = try await fixture.rest(
                "POST", Self.hooks, ["config": ["url": "http://127.0.0.1:9/x"], "events": ["pull_request"]])
            #expect(other.status == 201)
        }
    }

    @Test("the twenty-first webhook of one event is refused, one error an event")
    func limit() async throws {
        try await SimulatorFixture.with { fixture in
            for number in 1...20 { _ = try await fixture.hook("http://127.0.0.1:9/\(number)") }
            let more = try await fixture.rest(
                "POST", Self.hooks, ["config": ["url": "http://127.0.0.1:9/21"], "events": ["push", "create"]])
            #expect(more.status == 422)
            #expect(more.errors == [#"The "push" event cannot have more than 20 hooks"#])
        }
    }

    @Test("PATCH with a config replaces it and drops the secret; PATCH of the config keeps it")
    func patch() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            let id = try await fixture.hook(receiver.url)
            #expect(await receiver.next("ping").isSigned(with: "s3cret"))
            let merged = try await fixture.rest("PATCH", "\(Self.hooks)/\(id)/config", ["content_type": "json"])
            #expect(merged.json["secret"] == "********")
            #expect(try await fixture.rest("POST", "\(Self.hooks)/\(id)/pings").status == 204)
            #expect(await receiver.next("ping").isSigned(with: "s3cret"))

            let replaced = try await fixture.rest(
                "PATCH", "\(Self.hooks)/\(id)",
                ["config": ["url": .string(receiver.url), "content_type": "json"], "add_events": ["create"]])
            #expect(replaced.json["events"] == ["create", "push"])
            #expect(replaced.json["config"]?["secret"] == nil)
            #expect(try await fixture.rest("POST", "\(Self.hooks)/\(id)/pings").status == 204)
            let ping = await receiver.next("ping")
            #expect(ping.headers["x-hub-signature-256"] == nil && ping.headers["x-hub-signature"] == nil)
        }
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let body: JSON
        let words: String
        var testDescription: String { words }
    }

    static let mistakes = [
        Mistake(body: [:], words: "wasn't supplied"),
        Mistake(body: ["config": [:]], words: "Config must contain URL for webhooks"),
        Mistake(body: ["config": ["url": "http://x/ y"]], words: "The URL you've entered is not valid"),
        Mistake(body: ["config": ["url": "ftp://x/"]], words: "The URL you've entered is not valid"),
        Mistake(
            body: ["config": ["url": "http://x/"], "events": nil],
            words: "Invalid request.\\n\\nFor 'properties/events', nil is not an array."),
        Mistake(body: ["config": ["url": "http://x/"], "events": ["pish"]], words: "is not a valid event"),
        Mistake(body: ["config": ["url": "http://x/", "content_type": "xml"]], words: "content_type"),
        Mistake(body: ["config": ["url": "http://x/"], "name": "irc"], words: #""code":"invalid","field":"name""#),
    ]

    @Test("a wrong request gets 422 and GitHub's words", arguments: mistakes)
    func wrongRequest(mistake: Mistake) async throws {
        try await SimulatorFixture.with { fixture in
            let answer = try await fixture.rest("POST", Self.hooks, mistake.body)
            #expect(answer.status == 422)
            #expect(answer.text.contains(mistake.words), "\(answer.text)")
            #expect(answer.json["documentation_url"] != nil)
            #expect(try await fixture.control("GET", Self.hooks) == [])
        }
    }

    @Test("webhooks do not exist for those who are no admins")
    func access() async throws {
        try await SimulatorFixture.with { fixture in
            try await fixture.control(
                "PUT", "/repos/acme/widget/collaborators/hubot", ["permission": "maintain"])
            #expect(try await fixture.rest("GET", Self.hooks, token: "hubot-token").status == 404)
            #expect(try await fixture.rest("GET", Self.hooks, token: nil).status == 401)
            let bad = try await fixture.rest("GET", Self.hooks, token: "guessed")
            #expect(bad.status == 401 && bad.json["message"] == "Bad credentials")
        }
    }
}
