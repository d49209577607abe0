import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("Feeds")
struct FeedTests {
    @Test("finished builds, newest first, as XML that a parser reads, whatever the messages hold")
    func entries() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            let hostile = "<b>\"&'\u{7}\u{1B}[31m\u{202E}\u{FFFF}]]>\r\u{E9}\n\nThe body & more\u{8}"
            try await site.build(project, hostile, author: "<Mona> & \u{1}")
            try await site.run(JobOutcome(state: .failure, exitCode: 1), seconds: 62)
            try await site.build(project, "Second", ref: GitRef("refs/heads/a&b<c"))
            try await site.run(.success)
            try await site.build(project, "Not finished")

            let answer = try await site.client.get("/acme/widget/feed.atom")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/atom+xml; charset=utf-8")
            let feed = try Feed(answer.body)
            #expect(feed.texts["feed/title"] == ["Builds of acme/widget"])
            #expect(
                feed.texts["feed/entry/title"] == [
                    "#2 passed: Second", "#1 failed: <b>\"&'[U+0007][U+001B][31m[U+202E]\u{FFFD}]]>",
                ])
            #expect(feed.texts["feed/entry/author/name"] == ["Mona Octocat", "<Mona> & [U+0001]"])
            #expect(feed.texts["feed/entry/id"]?.last == "http://ci.example.org/acme/widget/builds/1")
            #expect(feed.texts["feed/entry/summary"]?.last?.contains("failed in 1 m 2 s") == true)
            #expect(feed.texts["feed/entry/summary"]?.last?.contains("The body & more[U+0008]") == true)
            #expect(feed.texts["feed/entry/updated"]?.first == feed.texts["feed/updated"]?.first)
            #expect(Set(feed.texts["feed/entry/id"] ?? []).count == 2)
            #expect(feed.links.contains("http://ci.example.org/acme/widget/feed.atom"))

            let branch = try Feed(try await site.client.get("/acme/widget/feed.atom?ref=a%26b%3Cc").body)
            #expect(branch.texts["feed/entry/title"] == ["#2 passed: Second"])
            #expect(branch.texts["feed/title"] == ["Builds of acme/widget, a&b<c"])
            #expect(branch.links.contains("http://ci.example.org/acme/widget/feed.atom?ref=a%26b%3Cc"))
        }
    }

    @Test("an unchanged feed is not sent again; one without builds is a feed too")
    func tag() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            let empty = try await site.client.get("/acme/widget/feed.atom")
            #expect(try Feed(empty.body).texts["feed/id"] == ["http://ci.example.org/acme/widget/feed.atom"])
            let tag = try #require(empty.headers["etag"])
            let same = try await site.client.get("/acme/widget/feed.atom", ["If-None-Match": tag])
            #expect(same.status == 304)
            #expect(same.body.isEmpty)
            try await site.build(project)
            #expect(try await site.client.get("/acme/widget/feed.atom", ["If-None-Match": tag]).status == 304)
            try await site.run(.success)
            let changed = try await site.client.get("/acme/widget/feed.atom", ["If-None-Match": tag])
            #expect(changed.status == 200)
            #expect(try Feed(changed.body).texts["feed/entry/id"]?.count == 1)
        }
    }

    @Test("strangers find no feed of a private project, and pages name the feed of theirs")
    func access() async throws {
        try await Site.with { site in
            let projects = try await site.declare([
                try Site.project("acme/widget"), try Site.project("acme/secret-gear"),
            ])
            for project in projects { try await site.build(project) }
            #expect(try await site.client.get("/acme/secret-gear/feed.atom").status == 404)
            #expect(try await site.client.get("/acme/no-such-one/feed.atom").status == 404)
            let alternate =
                #"<link rel="alternate" type="application/atom+xml" title="Builds" href="/acme/widget/feed.atom">"#
            for path in ["/acme/widget", "/acme/widget/builds", "/acme/widget/settings"] {
                #expect(try await site.client.get(path).text.contains(alternate), "\(path)")
            }
            #expect(try await site.client.get("/").text.contains("atom+xml") == false)
        }
    }

    @Test("a reader that keeps no cookie sends a GitHub token, also as a password; what it may not see does not exist")
    func tokens() async throws {
        let office = TokenOffice()
        let rate = CallLimits.Rate(burst: 3, perMinute: 60)
        try await Site.with(
            adminRepository: "acme/config", account: office.account, introductions: rate
        ) { site in
            _ = try await site.prepareForAPI()
            func status(_ path: String, _ header: String?) async throws -> Int {
                try await site.client.get(path, header.map { ["Authorization": $0] } ?? [:]).status
            }
            func basic(_ password: String) -> String {
                "Basic \(Data("anything:\(password)".utf8).base64EncodedString())"
            }
            let feed = "/acme/secret-one/feed.atom"
            // Readers send a password when they are asked for one, which tells nobody what there is.
            let hidden = try await site.client.get(feed)
            let absent = try await site.client.get("/acme/nobody-one/feed.atom")
            #expect(hidden.status == 401 && hidden.headers["www-authenticate"] == "Basic realm=\"kozmic\"")
            #expect(absent.status == 401 && absent.body == hidden.body)
            #expect(try await status("/acme/widget/feed.atom", nil) == 200)

            for header in [basic("ghp_member"), "Bearer token-of-member"] {
                #expect(try await status(feed, header) == 200)
                #expect(try await status("/acme/nobody-one/feed.atom", header) == 404)
                #expect(try await status("\(feed)?ref=", header) == 404)
                let badge = try await site.client.get("/_badges/acme/secret-one.svg", ["Authorization": header])
                #expect(badge.text.contains("build: failed"))
                // No page, and nothing that can be changed, is opened by a password that a browser remembers.
                #expect(try await status("/acme/secret-one", header) == 404)
            }
            let rerun = try await site.client.send(
                "POST", "/_api/v1/projects/acme/secret-one/builds/1/rerun",
                ["Authorization": basic("ghp_manager")], body: [])
            #expect(rerun.status == 401)
            // Somebody without a role in it.
            #expect(try await status(feed, basic("ghp_reader")) == 404)
            for header in ["Basic", "Basic !", "Basic \(Data("x".utf8).base64EncodedString())", basic("")] {
                #expect(try await status(feed, header) == 401, "\(header)")
            }
            // What a proxy in front asks for is not for GitHub, and is in nobody's way.
            let before = office.questions
            #expect(try await status(feed, basic("hunter2")) == 401)
            #expect(try await status("/acme/widget/feed.atom", basic("hunter2")) == 200)
            #expect(try await status("/_badges/acme/widget.svg", basic("hunter2")) == 200)
            #expect(office.questions == before)
            // Guessing has the limits of the API.
            var last = 0
            for number in 0..<9 { last = try await status(feed, basic("ghp_guess\(number)")) }
            #expect(last == 429 && office.questions <= before + 3)
            #expect(try await status(feed, basic("ghp_member")) == 200)
        }
    }
}

/// A feed as an XML parser sees it: Python's, which is as strict as the standard.
private struct Feed: Decodable {
    /// The texts of all elements, by path.
    let texts: [String: [String]]
    /// All `href`s.
    let links: [String]

    init(_ bytes: [UInt8]) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "kozmic-feed-\(UUID().uuidString)").path
        defer { for name in [file, "\(file).py"] { try? FileManager.default.removeItem(atPath: name) } }
        try Data(bytes).write(to: URL(filePath: file))
        try Data(Self.script.utf8).write(to: URL(filePath: "\(file).py"))
        let pipe = try #require(popen("python3 '\(file).py' '\(file)' 2>&1", "r"))
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { output += buffer[..<count] }
        let status = pclose(pipe)
        try #require(status == 0, "\(String(decoding: output + bytes, as: UTF8.self))")
        self = try JSONDecoder().decode(Feed.self, from: Data(output))
    }

    private static let script = """
        import json, sys, xml.etree.ElementTree as tree
        texts, links = {}, []
        def walk(element, path):
            name = element.tag.replace("{http://www.w3.org/2005/Atom}", "")
            path = path + "/" + name if path else name
            texts.setdefault(path, []).append(element.text or "")
            if "href" in element.attrib:
                links.append(element.attrib["href"])
            for child in element:
                walk(child, path)
        walk(tree.parse(sys.argv[1]).getroot(), "")
        print(json.dumps({"texts": texts, "links": links}))
        """
}
