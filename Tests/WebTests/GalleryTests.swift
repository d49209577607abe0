import Foundation
import Model
import Store
import Testing

@testable import Web

/// Every page with every kind of content.
@Suite struct GalleryTests {
    static let pages = [
        "/", "/?q=acme/", "/?q=nobody", "/?sort=state", "/acme/widget", "/acme/widget?ref=main",
        "/acme/widget?ref=nothing", "/acme/widget/builds", "/acme/widget/builds?ref=main",
        "/acme/widget/builds?before=9",
        "/acme/widget/builds?ref=nothing", "/acme/widget/builds/6", "/acme/widget/builds/23", "/acme/widget/builds/24",
        "/acme/widget/builds/25", "/acme/widget/builds/26", "/acme/widget/builds/27",
        "/acme/widget/builds/24/jobs/tests", "/acme/widget/builds/24/jobs/package",
        "/acme/widget/builds/24/jobs/tests/log/compare", "/acme/widget/builds/24/jobs/tests/log/compare?with=23",
        "/acme/widget/builds/25/jobs/tests", "/acme/widget/builds/25/jobs/tests?attempt=1",
        "/acme/widget/builds/25/jobs/package", "/acme/widget/builds/26/jobs/package",
        "/acme/widget/builds/26/jobs/package?part=head", "/acme/widget/builds/27/jobs/lint", "/acme/widget/settings",
        "/acme/widget/branches", "/acme/widget/builds?q=sprocket&status=failure&author=mona&ref=main",
        "/acme/widget/builds?q=nothing+like+that", "/hubot/an-empty-one", "/hubot/an-empty-one/builds",
        "/hubot/an-empty-one/branches", "/_sync", "/_sync?q=acme", "/_sync?q=nobody", "/_deliveries",
        "/_deliveries?repository=acme/widget",
    ]

    @Test("every page renders, has all that its template names, and shows hostile text as text")
    func pages() async throws {
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            for page in Self.pages {
                let answer = try await site.client.get(page)
                #expect(answer.status == 200, "\(page)")
                let html = answer.text
                #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("</html>"), "\(page)")
                for sign in [
                    "<script>alert", "Optional(", "nil", "\u{202E}", "\u{1B}", "PageValues", " style=", "onclick",
                ] {
                    #expect(!html.contains(sign), "\(page) holds \(sign.debugDescription)")
                }
                // A quotation mark with a combining accent is one for a browser.
                #expect(!html.unicodeScalars.contains("\u{301}") || html.contains("e\u{301}&#39;"), "\(page)")
                #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                let head = try await site.client.send("HEAD", page)
                #expect(head.status == 200 && head.body.isEmpty, "\(page)")
            }
            let tail = try await site.client.get("/acme/widget/builds/24").text
            #expect(tail.contains("assert 99 == 100"))
            #expect(tail.contains(/jobs\/tests\?attempt=[0-9]+#L/))
            #expect(
                try #require(tail.firstRange(of: "Tests (Debian")).lowerBound
                    < #require(tail.firstRange(of: ">Lint<")).lowerBound)
            #expect(try await site.client.get("/_sync").text.contains("cannot be read: could not resolve host"))
            #expect(try await site.client.get("/_deliveries").text.contains("pull_request"))
        }
    }

    @Test("a private project is nowhere to be seen, and neither are the pages about the whole server")
    func privateProjects() async throws {
        try await Site.with { site in
            try await site.fillGallery()
            for page in ["/_sync", "/_deliveries", "/_deliveries?repository=mona/secret"] {
                #expect(try await site.client.get(page).status == 404, "\(page)")
            }
            for page in ["/", "/?sort=state", "/?q=secret"] {
                let html = try await site.client.get(page).text
                #expect(!html.contains("mona/secret") && !html.contains(">secret"), "\(page)")
            }
            let there = [
                "", "/builds", "/settings", "/builds/1", "/builds/1/jobs/tests", "/builds/1/jobs/tests/log",
                "/builds/1/jobs/tests/log/events",
            ]
            for path in there {
                let secret = try await site.client.get("/mona/secret\(path)")
                let nothing = try await site.client.get("/mona/nothing\(path)")
                #expect(secret.status == 404 && nothing.status == 404, "\(path)")
                #expect(secret.text == nothing.text, "\(path)")
            }
            let badge = try await site.client.get("/_badges/mona/secret.svg")
            #expect(badge.text == (try await site.client.get("/_badges/mona/nothing.svg")).text)
        }
    }

    @Test("a server for people who may read everything shows private projects and how it is configured")
    func showsPrivate() async throws {
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            #expect(try await site.client.get("/").text.contains("mona/secret"))
            for path in ["", "/builds", "/settings"] {
                #expect(try await site.client.get("/mona/secret\(path)").status == 200, "\(path)")
            }
            #expect(try await site.client.get("/_sync").text.contains("mona/secret"))
            #expect(try await site.client.get("/_deliveries?repository=mona/secret").text.contains("0005"))
        }
    }

    @Test("a project is private until GitHub says otherwise, and again when GitHub says so")
    func privacyFollows() async throws {
        try await Site.with { site in
            let project = try Site.project("acme/widget")
            try await site.store.applyConfig(
                DesiredState(projects: [project]),
                revision: ConfigRevision(
                    commit: "c0ffee", authorName: "Mona", committedAt: site.clock.now, message: "Declare"))
            let record = try #require(try await site.store.project(project.repository))
            for isPrivate in [nil, false, true] {
                if let isPrivate {
                    try await site.store.setGitHubFacts(
                        record.id, githubID: 7, isPrivate: isPrivate, defaultBranch: "main")
                }
                let isVisible = isPrivate == false
                #expect(try await site.client.get("/acme/widget").status == (isVisible ? 200 : 404))
                try await eventually {
                    try await site.client.get("/").text.contains("href=\"/acme/widget\"") == isVisible
                }
            }
        }
    }

    @Test("no address makes the server stumble, whatever stands in it")
    func hostileAddresses() async throws {
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            var random = Random(seed: 20)
            let words = [
                "", "-1", "0", "1", "24", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
                "99999999999999999999999",
                "%00", "%", "%zz", "%FF%FE", "%0d%0aX:%20y", "..", "%2e%2e%2f", "a%20b", "<b>", "'%20OR%201=1--",
                "\u{1F980}",
                "refs/heads/main", "refs/", "main", String(repeating: "9", count: 300),
                String(repeating: "x", count: 3000), "null", "1e5", "+5", "{{x}}", "*", "acme", "widget", "tests",
            ]
            let keys = [
                "q", "sort", "page", "ref", "before", "attempt", "offset", "hook", "part", "with", "repository", "",
                "=", "&",
                "a%00",
            ]
            for page in Self.pages + [
                "/acme/widget/builds/24/jobs/tests/log", "/_badges/acme/widget.svg", "/_assets/kozmic.css",
            ] {
                for _ in 0..<12 {
                    var parts = page.split(separator: "?")[0].split(separator: "/", omittingEmptySubsequences: false)
                        .map(String.init)
                    if random.next(3) == 0 { parts[random.next(parts.count)] = words[random.next(words.count)] }
                    if random.next(6) == 0 { parts.append(words[random.next(words.count)]) }
                    let pairs = (0..<random.next(4)).map { _ in
                        "\(keys[random.next(keys.count)])=\(words[random.next(words.count)])"
                    }
                    let query = pairs.joined(separator: random.next(5) == 0 ? "&&" : "&")
                    var path = parts.joined(separator: "/")
                    if !path.hasPrefix("/") { path = "/\(path)" }
                    let address = (path + (query.isEmpty ? "" : "?\(query)")).replacing(" ", with: "%20")
                    let answer = try await site.client.get(
                        address, ["Range": words[random.next(words.count)], "Last-Event-ID": "x"])
                    #expect([200, 206, 400, 404, 416].contains(answer.status), "\(address): \(answer.status)")
                }
            }
        }
    }

    @Test("letter case of owner and project does not matter; unknown methods and addresses are told so")
    func addresses() async throws {
        try await Site.with { site in
            let project = try await site.declare([Site.project("Acme/Widget")])[0]
            try await site.build(project)
            try await site.run(log: "hello\n")
            #expect(try await site.client.get("/acme/WIDGET/builds/1").status == 200)
            #expect(try await site.client.get("/acme/widget/builds/1/jobs/tests/log").text == "hello\n")
            #expect(try await site.client.get("/acme/widget/builds/2").status == 404)
            #expect(try await site.client.get("/acme/widget/builds/1/jobs/tests?attempt=2").status == 404)
            #expect(try await site.client.get("/_nothing").status == 404)
            #expect(try await site.client.send("DELETE", "/acme/widget").status == 404)
        }
    }

    @Test("the list of projects and the mark of trouble follow what happens")
    func caches() async throws {
        try await Site.with(showsPrivate: true) { site in
            let project = try await site.declare([Site.project("acme/widget")])[0]
            #expect(try await site.client.get("/").text.contains("Waits for its first push"))
            try await site.build(project, "First of all")
            try await eventually { try await site.client.get("/").text.contains("First of all") }
            #expect(try await !site.client.get("/").text.contains("class=\"trouble\""))
            try await site.store.noteConfigProblem("gone")
            try await eventually { try await site.client.get("/").text.contains("class=\"trouble\"") }
        }
    }
}

/// Asks until it is so; for what comes by a signal.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<500 where try await !condition() { await Task.yield() }
    #expect(try await condition())
}
