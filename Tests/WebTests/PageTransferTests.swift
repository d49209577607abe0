import Foundation
import Model
import Store
import Testing

@testable import Web

/// How pages travel.
@Suite struct PageTransferTests {
    private static func tag(_ page: String) -> PageTag { PageTag(Array(page.utf8)) }

    @Test("the words of relative times have a half of the tag of their own, all else has the other")
    func tags() {
        let page = Self.tag("<p>a</p><time datetime=\"1\">just now</time><span data-since=\"5\">3 s</span> b")
        let later = Self.tag("<p>a</p><time datetime=\"1\">9 s ago</time><span data-since=\"5\">12 s</span> b")
        let others = [
            "<p>a</p><time datetime=\"2\">just now</time><span data-since=\"5\">3 s</span> b",
            "<p>c</p><time datetime=\"1\">just now</time><span data-since=\"5\">3 s</span> b",
            "<p>a</p><time datetime=\"1\">just now</time><span data-since=\"5\">3 s</span> c", "<time ", "<time >", "",
        ].map(Self.tag)
        #expect(page.state == later.state && page.whole != later.whole)
        #expect(others.allSatisfy { $0.state != page.state && $0.whole != page.whole })
        // Words that change places are other words.
        let halves = ["<time >a</time><time >b</time>", "<time >ab</time><time ></time>"].map(Self.tag)
        #expect(halves[0].state == halves[1].state && halves[0].whole != halves[1].whole)

        #expect(page.matches(page.header()) && page.matches(page.header("gzip")) && !page.matches(later.header()))
        #expect(page.matches("\"x\", W/\(page.header())") && page.matches("\"x\",\(page.header())"))
        #expect(page.matches("W/\"\(later.state)\"") && !page.matches("\"\(later.state)\""))
        for strange in ["", "*", "\"", "W/", "W/\"\"", ",,", String(page.header().dropLast(2))] {
            #expect(!page.matches(strange), "\(strange)")
        }
    }

    @Test("a page that is as it was is not sent again, to strangers and to people, until something changes")
    func unchanged() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            try await site.run(JobOutcome(state: .failure, exitCode: 1), log: "no\n")
            try await site.store.saveRoles(
                project.id, [RoleRecord(personID: 1, login: "mona", level: .push)], fulfils: 0)
            let person = try await site.signIn(1, "mona")
            var tags: Set<String> = []
            for headers in [[:], person.headers] {
                for page in ["/", "/acme/widget", "/acme/widget/builds/1", "/acme/widget/builds/1/jobs/tests"] {
                    let first = try await site.client.get(page, headers)
                    let tag = try #require(first.headers["etag"], "\(page)")
                    #expect(first.headers["cache-control"] == "private, no-cache")
                    // What its script asks.
                    let known = "W/\"\(tag.dropFirst().prefix { $0 != "." })\""
                    let again = try await site.client.get(page, headers.merging(["If-None-Match": known]) { $1 })
                    #expect(again.status == 304 && again.body.isEmpty, "\(page)")
                    #expect(again.headers["content-security-policy"] != nil)
                    tags.insert(known)
                }
            }
            // Nobody's pages are another's: names and tokens differ.
            #expect(tags.count == 8)
            let known = tags.joined(separator: ", ")
            try await site.build(project, "Another one", ref: .branch("main"))
            for headers in [[:], person.headers] {
                let asked = headers.merging(["If-None-Match": known]) { $1 }
                #expect(try await site.client.get("/acme/widget", asked).status == 200)
            }
            // What is not there is not there, whatever somebody knows.
            #expect(try await site.client.get("/acme/nothing", ["If-None-Match": known]).status == 404)
        }
    }

    @Test("what everybody may read is compressed; what has a token or something private in it never is")
    func compressed() async throws {
        for showsPrivate in [false, true] {
            try await Site.with(showsPrivate: showsPrivate) { site in
                let project = try await site.declare([try Site.project("acme/widget")])[0]
                try await site.build(project)
                try await site.run(log: "fine\n")
                let person = try await site.signIn(1, "mona")
                let accepts = ["Accept-Encoding": "br, gzip;q=0.8"]
                let plain = try await site.client.get("/acme/widget")
                let small = try await site.client.get("/acme/widget", accepts)
                #expect(plain.headers["content-encoding"] == nil)
                #expect((small.headers["content-encoding"] == "gzip") == !showsPrivate)
                #expect((small.headers["vary"] == "Accept-Encoding") == !showsPrivate)
                if !showsPrivate {
                    #expect(small.body.count < plain.body.count * 2 / 3)
                    #expect(try unpacked(small.body, site).contains("A change"))
                    let tag = try #require(small.headers["etag"])
                    let known = accepts.merging(["If-None-Match": tag]) { $1 }
                    #expect(tag.contains(".gzip\"") && tag != plain.headers["etag"])
                    #expect([200, 304].contains(try await site.client.get("/acme/widget", known).status))
                }
                let signedIn = try await site.client.get("/acme/widget", person.headers.merging(accepts) { $1 })
                #expect(signedIn.headers["content-encoding"] == nil && signedIn.text.contains("A change"))
                let refused = try await site.client.get("/acme/widget", ["Accept-Encoding": "gzip;q=0, identity"])
                #expect(refused.headers["content-encoding"] == nil)

                let sheet = try #require(plain.text.firstMatch(of: #//_assets/kozmic.css\?[0-9a-f]+/#)).output
                let wide = try await site.client.get(String(sheet))
                let dense = try await site.client.get(String(sheet), accepts)
                #expect(dense.headers["content-encoding"] == "gzip" && dense.body.count < wide.body.count / 2)
                #expect(try unpacked(dense.body, site) == wide.text)
                let tag = try #require(dense.headers["etag"])
                let known = accepts.merging(["If-None-Match": tag]) { $1 }
                #expect(tag != wide.headers["etag"])
                #expect(try await site.client.get(String(sheet), known).status == 304)
            }
        }
    }

    /// What the system's own program reads.
    private func unpacked(_ bytes: [UInt8], _ site: Site) throws -> String {
        let file = "\(site.folder)/page-\(UUID().uuidString).gz"
        try Data(bytes).write(to: URL(filePath: file))
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file]
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self)
    }
}
