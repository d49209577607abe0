import Curl
import Testing

@testable import GitHubSimulator

@Suite("The rules of REST")
struct RESTRulesTests {
    @Test("pages follow numeric links that are served, also as api.github.com")
    func pages() async throws {
        try await SimulatorFixture.with { fixture in
            for number in 1...5 { _ = try await fixture.hook("http://127.0.0.1:9/\(number)") }
            var next: String? = fixture.url + "/repos/acme/widget/hooks?per_page=2"
            var count = 0
            var links: [String] = []
            while let address = next {
                let page = try await fixture.rest("GET", address)
                count += page.json.items?.count ?? 0
                let link = page.headers["Link"] ?? ""
                links.append(link)
                next = link.split(separator: ", ").first { $0.hasSuffix("rel=\"next\"") }.map {
                    String($0.drop { $0 == "<" }.prefix { $0 != ">" })
                }
            }
            #expect(count == 5 && links.count == 3)
            #expect(links[1].contains("\(fixture.url)/repositories/"))
            let relations = links[1].split(separator: "rel=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            #expect(relations == ["prev", "next", "last", "first"])
            let all = try await fixture.rest("GET", "/repos/acme/widget/hooks?per_page=1000")
            #expect(all.headers["Link"] == nil)
        }
    }

    @Test("a 304 costs nothing, and an exhausted quota is refused with the time it comes back")
    func quota() async throws {
        try await SimulatorFixture.with { fixture in
            let first = try await fixture.rest("GET", "/repos/acme/widget")
            let tag = try #require(first.headers["ETag"])
            #expect(tag.hasPrefix("W/\""))
            let left = first.headers["X-RateLimit-Remaining"]
            let same = try await fixture.rest("GET", "/repos/acme/widget", headers: ["If-None-Match": tag])
            #expect(same.status == 304 && same.body.isEmpty && same.headers["X-RateLimit-Remaining"] == left)
            let other = try await fixture.rest(
                "GET", "/repos/acme/widget", token: "hubot-token", headers: ["If-None-Match": tag])
            #expect(other.status == 200, "the tag depends on the token")
            try await fixture.control("PUT", "/quota", ["user": "octocat", "remaining": 1, "reset_in": 60])
            #expect(try await fixture.rest("GET", "/user").status == 200)
            let refused = try await fixture.rest("GET", "/user")
            #expect(refused.status == 403 && refused.headers["X-RateLimit-Remaining"] == "0")
            #expect(refused.json["message"]?.text?.hasPrefix("API rate limit exceeded for user ID") == true)
            #expect(try await fixture.rest("GET", "/user", token: "hubot-token").status == 200)
            let log = try await fixture.control("GET", "/requests?user=octocat")
            let counted = log["requests"]?.items?.map { $0["counted"] == true }
            #expect(counted == [true, false, true, false])
        }
    }

    @Test("a former name answers 301 to readers and 307 to writers")
    func rename() async throws {
        try await SimulatorFixture.with { fixture in
            let id = try #require(try await fixture.rest("GET", "/repos/acme/widget").json["id"]?.number)
            try await fixture.control("PATCH", "/repos/acme/widget", ["name": "gadget"])
            let read = try await fixture.rest("GET", "/repos/acme/widget/hooks?per_page=5")
            #expect(read.status == 301)
            let location = try #require(read.headers["Location"])
            #expect(location == "\(fixture.url)/api/v3/repositories/\(id)/hooks?per_page=5")
            #expect(try await fixture.rest("GET", location).status == 200)
            let body: JSON = ["config": ["url": "http://127.0.0.1:9/"]]
            let write = try await fixture.rest("POST", "/repos/acme/widget/hooks", body)
            #expect(write.status == 307 && write.json["url"]?.text == write.headers["Location"])
            #expect(try await fixture.rest("POST", write.headers["Location"] ?? "", body).status == 201)
        }
    }

    @Test("a request without User-Agent, without a name, with broken JSON")
    func manners() async throws {
        try await SimulatorFixture.with { fixture in
            let anonymous = CurlClient(CurlOptions(userAgent: "", usesEnvironmentProxy: false))
            let refused = try await fixture.send("GET", fixture.url + "/repos/acme/widget", agent: anonymous)
            #expect(refused.status == 403 && refused.text.contains("User-Agent"))
            await anonymous.close()
            #expect(try await fixture.rest("GET", "/user", token: nil).json["message"] == "Requires authentication")
            let broken = try await fixture.send(
                "POST", fixture.url + "/repos/acme/widget/hooks", headers: ["Authorization": "token octocat-token"],
                body: Array("{\"config\":".utf8))
            #expect(broken.status == 400 && broken.json["message"] == "Problems parsing JSON")
            try await fixture.control("PATCH", "/repos/acme/widget", ["private": true])
            #expect(try await fixture.rest("GET", "/repos/acme/widget", token: "stranger-token").status == 404)
            #expect(try await fixture.rest("GET", "/repos/acme/widget", token: nil).status == 404)
        }
    }

    @Test("outsiders are invited, members are changed, and the words differ in requests and answers")
    func collaborators() async throws {
        try await SimulatorFixture.with { fixture in
            let address = "/repos/acme/widget/collaborators/hubot"
            let wrong = try await fixture.rest("PUT", address, ["permission": "write"])
            #expect(wrong.status == 422 && wrong.json["errors"] == nil)
            let invited = try await fixture.rest("PUT", address, ["permission": "push"])
            #expect(invited.status == 201 && invited.json["permissions"] == "write")
            let again = try await fixture.rest("PUT", address, ["permission": "pull"])
            #expect(again.status == 201 && again.json["id"] == invited.json["id"])
            #expect(again.json["permissions"] == "read")
            #expect(try await fixture.rest("GET", address).status == 404)
            let id = try #require(invited.json["id"]?.number)
            let accepted = try await fixture.rest(
                "PATCH", "/user/repository_invitations/\(id)", token: "hubot-token")
            #expect(accepted.status == 204)
            #expect(try await fixture.rest("GET", address).status == 204)
            #expect(try await fixture.rest("PUT", address, ["permission": "maintain"]).status == 204)
            let level = try await fixture.rest("GET", address + "/permission").json
            #expect(level["permission"] == "write" && level["role_name"] == "maintain")
            let hidden = try await fixture.rest("GET", address + "/permission", token: "stranger-token")
            #expect(
                hidden.status == 403
                    && hidden.json["message"] == "Must have push access to view collaborator permission.")
        }
    }

    @Test("a deploy key loses its comment and cannot be used twice")
    func keys() async throws {
        try await SimulatorFixture.with { fixture in
            try await fixture.control("POST", "/repos", ["owner": "octocat", "name": "other"])
            let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEdMMlnZWHGXFAPsdyT0r6FQXBzJ3BtTNs5v3U7gYqQK"
            let body: JSON = ["title": "kozmic", "key": .string(key + " me@home"), "read_only": true]
            let made = try await fixture.rest("POST", "/repos/acme/widget/keys", body)
            #expect(made.status == 201 && made.json["key"]?.text == key && made.json["read_only"] == true)
            let twice = try await fixture.rest("POST", "/repos/octocat/other/keys", body)
            #expect(twice.status == 422 && twice.errors == ["key is already in use"])
            let bad = try await fixture.rest("POST", "/repos/octocat/other/keys", ["key": "ssh-rsa AAAA"])
            #expect(bad.status == 422)
        }
    }
}
