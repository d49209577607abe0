import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite struct ServerTests {
    @Test("the badge shows the default branch, another ref, one hook, and changes its tag with its picture")
    func badge() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["style", "tests"])])[0]
            let path = "/_badges/acme/widget.svg"
            let nothing = try await site.client.get(path)
            #expect(nothing.status == 200 && nothing.headers["content-type"] == "image/svg+xml; charset=utf-8")
            #expect(nothing.text.contains(">unknown</text>") && nothing.headers["cache-control"] == "no-cache")
            try await site.build(project)
            try await site.run(.success)
            try await site.run(JobOutcome(state: .failure, exitCode: 1))
            try await site.build(project, "On a topic", ref: .branch("topic/é"))
            let failed = try await site.client.get(path)
            #expect(failed.text.contains(">failed</text>"))
            #expect(try await site.client.get(path + "?hook=style").text.contains(">passed</text>"))
            #expect(try await site.client.get(path + "?hook=tests&ref=main").text.contains(">failed</text>"))
            #expect(try await site.client.get(path + "?ref=topic/%C3%A9").text.contains(">queued</text>"))
            #expect(try await site.client.get(path + "?hook=none").text.contains(">unknown</text>"))
            // The short name of a tag, unless a branch has it.
            try await site.build(project, "A release", ref: GitRef("refs/tags/v9"), hooks: ["tests"])
            for ref in ["v9", "refs/tags/v9"] {
                #expect(try await site.client.get(path + "?ref=\(ref)").text.contains(">queued</text>"), "\(ref)")
                let page = try await site.client.get("/acme/widget/builds?ref=\(ref)")
                #expect(page.text.contains("A release") && !page.text.contains("On a topic"), "\(ref)")
            }
            #expect(try await site.client.get(path + "?ref=refs/heads/v9").text.contains(">unknown</text>"))
            try await site.build(project, "A branch like it", ref: .branch("v9"), hooks: ["style"])
            #expect(try await site.client.get(path + "?ref=v9&hook=style").text.contains(">queued</text>"))
            #expect(try await site.client.get(path + "?ref=v9&hook=tests").text.contains(">unknown</text>"))
            let tag = try #require(failed.headers["etag"])
            #expect(tag != nothing.headers["etag"])
            #expect(try await site.client.get(path, ["If-None-Match": tag]).status == 304)
        }
    }

    @Test("a push that skips the hook that is red leaves the badge and the branch red")
    func skippedBadge() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["docs", "tests"])])[0]
            try await site.build(project)
            try await site.run(.success)
            try await site.run(JobOutcome(state: .failure, exitCode: 1))
            try await site.build(project, "Docs", hooks: ["docs"], skipped: ["tests"])
            try await site.run(.success)
            let path = "/_badges/acme/widget.svg"
            #expect(try await site.client.get(path).text.contains(">failed</text>"))
            #expect(try await site.client.get(path + "?hook=tests").text.contains(">failed</text>"))
            #expect(try await site.client.get(path + "?hook=docs").text.contains(">passed</text>"))
            let branches = try await site.client.get("/acme/widget/branches").text
            #expect(branches.contains("<li class=\"row failure\"") && branches.contains(">build #1</a>"))
        }
    }

    @Test("the probes say what is there")
    func health() async throws {
        try await Site.with { site in
            let live = try await site.client.get("/_health/live")
            let ready = try await site.client.get("/_health/ready")
            #expect(live.status == 200 && ready.status == 200)
        }
        let check = ReadinessCheck(name: "docker", ok: false, detail: "no engine answers")
        try await Site.with(readiness: { [check] }) { site in
            let answer = try await site.client.get("/_health/ready")
            #expect(answer.status == 503)
            #expect(try JSONDecoder().decode([ReadinessCheck].self, from: Data(answer.body)) == [check])
        }
    }

    @Test("a running job is not served, whatever it asks for")
    func jobs() async throws {
        try await Site.with(isJobAddress: { address in address == "127.0.0.1" }) { site in
            let page = try await site.client.get("/")
            let probe = try await site.client.get("/_health/live")
            let nothing = try await site.client.get("/no/such/page")
            #expect(page.status == 403 && probe.status == 403 && nothing.status == 403)
        }
    }

    @Test("assets may be kept for ever by their address, are revalidated without it, and are small")
    func assets() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            try await site.run(log: "x\n")
            let page = try await site.client.get("/acme/widget/builds/1/jobs/tests").text
            var urls = Set(page.matches(of: #//_assets/[a-z.-]+\?[0-9a-f]{16}/#).map { String($0.output) })
            #expect(urls.count == 5)
            var bytes = 0
            // Modules name modules.
            var new = urls
            while let url = new.popFirst() {
                let answer = try await site.client.get(url)
                #expect(
                    answer.status == 200 && answer.headers["cache-control"]?.contains("immutable") == true, "\(url)")
                for match in answer.text.matches(of: #//_assets/[a-z.-]+\?[0-9a-f]{16}/#) {
                    if urls.insert(String(match.output)).inserted { new.insert(String(match.output)) }
                }
                let tag = try #require(answer.headers["etag"])
                #expect(try await site.client.get(url, ["If-None-Match": tag]).status == 304)
                let bare = try await site.client.get(String(url.prefix { $0 != "?" }))
                #expect(bare.headers["cache-control"] == "no-cache")
            }
            #expect(urls.contains { $0.hasPrefix("/_assets/terminal.js?") })
            for url in urls { bytes += try await site.client.get(url).body.count }
            #expect(bytes < 60_000, "style sheets, modules and icon have \(bytes) bytes")
            #expect(try await site.client.get("/_assets/nothing.js").status == 404)
        }
    }

    @Test("what fails inside is told without saying what")
    func trouble() async throws {
        try await Site.with { site in
            await site.store.close()
            let answer = try await site.client.get("/acme/widget")
            #expect(answer.status == 500 && answer.text.contains("Something went wrong"))
            #expect(!answer.text.contains("closed"))
            #expect(try await site.client.get("/_health/live").status == 200)
            #expect(site.log.errors.count >= 1)
            site.log.forget()
        }
    }

    @Test(
        "texts about times and numbers",
        arguments: [
            (0.0, "just now"), (59.9, "59 s ago"), (60, "1 m ago"), (3599, "59 m ago"), (7200, "2 h ago"),
            (86_400 * 3, "3 d ago"),
            (-5, "just now"), (-50, "in 50 s"), (86_400 * 40, "1969-11-22"),
        ] as [(Double, String)])
    func moments(age: Double, text: String) {
        #expect(Moment.ago(Date(timeIntervalSince1970: -age), now: Date(timeIntervalSince1970: 0)) == text)
        #expect(Count.text(1, "line") == "1 line" && Count.text(1_234_567, "line") == "1,234,567 lines")
        #expect(
            Moment.text(0.4) == "&lt; 1 s" && Moment.text(130) == "2 m 10 s" && Moment.text(.infinity).hasSuffix("m"))
    }

    @Test("times and addresses are written as Foundation writes them")
    func written() {
        let days = [0, 951_782_399, 951_868_799, 951_868_800, 4_107_542_399, 4_107_542_400, 253_402_300_799]
        let times = days.map(TimeInterval.init) + (0..<2_000).map { _ in .random(in: 0...253_402_300_799) }
        for time in times + [-1, -86_401, 253_402_300_800] {
            let date = Date(timeIntervalSince1970: time)
            #expect(Moment.exact(date) == date.formatted(.iso8601), "\(time)")
        }
        let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~/"))
        for text in ["", "main", "feature/é🙂", "a b&c=d?e#f%25+\"<>", "refs/tags/v1.0~2"] {
            #expect(ProjectLinks.encode(text) == text.addingPercentEncoding(withAllowedCharacters: allowed))
        }
    }
}
