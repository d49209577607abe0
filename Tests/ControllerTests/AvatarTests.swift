import Curl
import Foundation
import GitHub
import Model
import Testing

@testable import Controller
@testable import Store

@Suite("Pictures of authors from GitHub")
struct AvatarTests {
    private func avatars(_ fixture: ControllerFixture) -> Avatars {
        Avatars(
            source: AvatarSource(gitHubURL: fixture.url, client: fixture.client, curl: fixture.curl),
            store: fixture.store, logger: fixture.logger)
    }

    private func build(
        _ fixture: ControllerFixture, _ project: ProjectRecord, by login: String
    ) async throws -> AccountName {
        let name = try #require(AccountName(login))
        try await fixture.store.createBuild(
            NewBuild(
                projectID: project.id,
                event: TriggerEvent(
                    kind: .push, ref: .branch("main"), commit: UUID().uuidString, authorName: login, authorLogin: name),
                hooks: project.config.hooks, trusted: true, configCommit: "c",
                pageURL: { _, _ in "" }))
        return name
    }

    private func requests(_ fixture: ControllerFixture) async throws -> [String] {
        let answer = try await fixture.control("GET", "/requests") as? [String: Any]
        let requests = try #require(answer?["requests"] as? [[String: Any]])
        return requests.compactMap { request in
            guard request["kind"] as? String == "avatars" || (request["path"] as? String)?.hasPrefix("/users/") == true
            else { return nil }
            return
                "\(request["kind"] ?? "") \(request["path"] ?? "")?\(request["query"] ?? "") \(request["status"] ?? "")"
        }
    }

    @Test("the picture is fetched small, without the token, and next time only asked whether it changed")
    func fetched() async throws {
        try await ControllerFixture.with { fixture in
            let project = try await fixture.sync()
            let hubot = try await build(fixture, project, by: "hubot")
            #expect(await avatars(fixture).pass() == nil)
            let picture = try #require(try await fixture.store.avatar(hubot, of: project.id))
            #expect(picture.type == "image/png" && picture.bytes.count < 10_000 && picture.tag.count == 16)
            let id = try await fixture.client.user("hubot", for: "acme").id
            let asked = "avatars /avatars/u/\(id)?v=4&s=64 200"
            #expect(try await requests(fixture).contains(asked))

            // As if a day had passed.
            let source = AvatarSource(gitHubURL: fixture.url, client: fixture.client, curl: fixture.curl)
            let small = try #require(AvatarAddress(gitHubURL: fixture.url)?.small("\(fixture.url)/avatars/u/\(id)?v=4"))
            let etag = try await fixture.curl.send(CurlRequest(url: small)).headers["ETag"]
            let version = AvatarVersion(address: small, etag: try #require(etag))
            let due = DueAvatar(login: hubot, repository: project.repository, known: version, failures: 0)
            #expect(try await source.ask(due) == .unchanged)
            // Nothing is due: nothing is asked.
            let before = try await requests(fixture).count
            #expect(await avatars(fixture).pass() == nil)
            #expect(try await requests(fixture).count == before)
        }
    }

    @Test("what is no small picture, or not where GitHub keeps pictures, is not shown")
    func refused() async throws {
        try await ControllerFixture.with { fixture in
            let project = try await fixture.sync()
            let hubot = try await build(fixture, project, by: "hubot")
            let id = try await fixture.client.user("hubot", for: "acme").id
            let source = AvatarSource(gitHubURL: fixture.url, client: fixture.client, curl: fixture.curl)
            let due = DueAvatar(login: hubot, repository: project.repository, known: nil, failures: 0)
            func answer(_ path: String, _ status: Int, _ body: Any, _ headers: [String: String] = [:]) async throws {
                try await fixture.control(
                    "POST", "/faults",
                    [
                        "target": "request", "action": "status", "path": path, "status": status, "body": body,
                        "headers": headers,
                    ])
            }
            let path = "/avatars/u/\(id)"
            for body in [
                "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "<!DOCTYPE html>", "GIF8",
                "RIFF1234WAVE", "GIF89a" + String(repeating: "x", count: AvatarSource.mostBytes),
            ] {
                try await answer(path, 200, body, ["Content-Type": "image/png"])
                #expect(try await source.ask(due) == .nothing, "\(body.prefix(20))")
            }
            try await answer(path, 302, "moved", ["Location": "\(fixture.url)/elsewhere"])
            #expect(try await source.ask(due) == .failed)
            try await answer(path, 500, "broken")
            #expect(try await source.ask(due) == .failed)
            // The rest must not reach any host at all.
            let before = try await requests(fixture).count { $0.hasPrefix("avatars") }
            for address in ["http://127.0.0.1:9/u/1", "https://example.org/x.png", "file:///etc/passwd", "", "x"] {
                try await answer("/users/hubot", 200, ["id": 1, "login": "hubot", "avatar_url": address])
                #expect(try await source.ask(due) == .nothing, "\(address)")
            }
            #expect(try await requests(fixture).count { $0.hasPrefix("avatars") } == before)

            // GitHub is in trouble: later, and everybody else's picture too.
            try await fixture.control(
                "POST", "/faults",
                ["target": "request", "action": "status", "path": "/users/hubot", "status": 503, "times": 3])
            #expect(await avatars(fixture).pass() == .seconds(600))
            #expect(try await fixture.store.dueAvatars(limit: 9) == [])
            // An account that is gone.
            let ghost = try await build(fixture, project, by: "nobody-at-all")
            #expect(await avatars(fixture).pass() == nil)
            #expect(try await fixture.store.avatar(ghost, of: project.id) == nil)
        }
    }

    @Test(
        "whose address is GitHub's",
        arguments: [
            ("https://github.com", "https://avatars.githubusercontent.com/u/1?v=4", true),
            ("https://github.com", "https://avatars1.githubusercontent.com/u/1?v=4&s=460", true),
            ("https://github.com", "https://github.com/images/error/octocat_happy.gif", true),
            ("https://github.com", "http://avatars.githubusercontent.com/u/1", false),
            ("https://github.com", "https://avatars.githubusercontent.com:8443/u/1", false),
            ("https://github.com", "https://avatars.githubusercontent.com.example.org/u/1", false),
            ("https://github.com", "https://avatarsx.githubusercontent.com/u/1", false),
            ("https://github.com", "https://raw.githubusercontent.com/o/r/main/x.png", false),
            ("https://github.com", "https://githubusercontent.com/u/1", false),
            ("https://github.com", "https://me@github.com/u/1", false),
            ("https://github.com", "https://169.254.169.254/latest", false),
            ("https://ghe.example.org", "https://ghe.example.org/avatars/u/1?", true),
            ("https://ghe.example.org", "https://avatars.ghe.example.org/u/1", true),
            ("https://ghe.example.org", "https://avatars.githubusercontent.com/u/1", false),
            ("https://ghe.example.org", "https://ghe.example.org:444/avatars/u/1", false),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/avatars/u/1", true),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3001/avatars/u/1", false),
        ])
    func addresses(_ server: String, _ address: String, _ isOurs: Bool) throws {
        let small = try #require(AvatarAddress(gitHubURL: server)).small(address)
        #expect((small != nil) == isOurs)
        #expect(small?.hasSuffix("s=64") ?? true)
        #expect(!(small?.contains("s=460") ?? false))
    }

    @Test("pictures are told by their first bytes")
    func types() {
        #expect(PictureType([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]) == .png)
        #expect(PictureType([0xFF, 0xD8, 0xFF, 0xE0]) == .jpeg)
        #expect(PictureType(Array("GIF89a…".utf8)) == .gif)
        #expect(PictureType(Array("RIFF0000WEBPVP8 ".utf8)) == .webp)
        #expect(PictureType(Array("<svg".utf8)) == nil && PictureType([]) == nil && PictureType([0x89, 0x50]) == nil)
    }
}
