import Foundation
import Model
import Store
import Testing

@testable import Web

/// Every page as a browser shows it, in both themes.
@Suite(.enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct EveryPageTests {
    /// Those of the gallery, and those that only people who signed in or lost their way see.
    static let pages = GalleryTests.pages.filter { !$0.contains("part=") } + ["/acme/nothing", "/_deliveries/1"]

    @Test(
        "text has the contrast of WCAG AA, glyphs have theirs, everything has a name, and hostile text is text",
        arguments: ["light", "dark"])
    func audit(theme: String) async throws {
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            try await Browser.with { browser in
                try await browser.theme(theme)
                for width in [1280, 360] {
                    try await browser.resize(width: width)
                    for page in Self.pages {
                        try await browser.open("http://127.0.0.1:\(site.client.port)\(page)")
                        // Errors and sections of a log come a moment later.
                        if page.contains("/jobs/"), !page.contains("/log/") {
                            _ = try await browser.evaluate(
                                "for (let i = 0; i < 500 && !document.querySelector('.view'); i += 1) await new Promise(done => setTimeout(done, 20));"
                            )
                        }
                        let found = try await browser.evaluate([String].self, PageAudit.script)
                        #expect(found == [], "\(page), \(theme), \(width) px")
                    }
                }
                // The answer 404 of the page that is not there is what the browser tells of.
                #expect(browser.complaints.filter { !$0.contains("404") } == [])
            }
        }
    }

    @Test("sections fold and keep their place, what failed is open, and a line that is pointed at is never folded away")
    func folding() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let writer = try await site.store.logs.writer(job.id)
            func write(_ section: UInt8, _ text: String) async throws {
                try await writer.append(section: section, source: 1, Array(text.utf8))
                try await writer.flush()
            }
            func lines(_ name: String, _ count: Int) -> String { (1...count).map { "\(name) \($0)\n" }.joined() }
            try await write(0, "Using image x\nRunning the install script\n")
            try await write(1, lines("install", 3_000))
            try await write(0, "Running the build script\n")
            try await write(2, "::group::Good\n\(lines("good", 400))::endgroup::\nbetween\n")
            try await write(2, "::group::Bad\n\(lines("fine", 50))error: it broke\n\(lines("fine", 50))::endgroup::\n")
            try await write(2, lines("end", 300))
            try await writer.close()
            try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1, reason: "no"))
            let page = "http://127.0.0.1:\(site.client.port)/acme/widget/builds/1/jobs/tests"
            try await Browser.with { browser in
                func until(_ condition: String) async throws {
                    let isSo = try await browser.evaluate(
                        Bool.self,
                        """
                        const row = n => document.getElementById('L' + n), view = document.getElementById('log').view;
                        const isSeen = n => { const box = row(n)?.getBoundingClientRect(); return Boolean(box) && box.bottom > 0 && box.top < innerHeight; };
                        for (let i = 0; i < 3000 && !(\(condition)); i += 1) await new Promise(done => setTimeout(done, 20));
                        return Boolean(\(condition));
                        """)
                    #expect(isSo, "\(condition)")
                }
                func click(_ line: Int) async throws {
                    _ = try await browser.evaluate("document.querySelector('#L\(line) > button').click()")
                }
                // Install (3 to 3002) and the good group (3004 to 3405) are folded, the end of that one is never shown.
                try await browser.open(page)
                try await until("view.count === 3809 - 3000 - 401 - 1")
                try await until("isSeen(3458) && row(3458).matches('.bad')")
                try await until("!document.getElementById('marks').hidden")
                // An address with a line in a folded section opens it.
                try await browser.open("\(page)#L1500-L1510")
                try await until(
                    "isSeen(1500) && row(1500).matches('.on') && row(1500).textContent.includes('install 1498')")
                try await until("view.count === 3809 - 401 - 1")
                // Folding keeps the line under the pointer where it is, and takes no height.
                try await browser.open("\(page)#L3004")
                try await until(
                    "isSeen(3004) && row(3004).querySelector('button')?.getAttribute('aria-expanded') === 'false'")
                try await until("row(3004).lastChild.textContent === 'Good'")
                let before = try await browser.evaluate(
                    Double.self, "return document.getElementById('L3004').getBoundingClientRect().top")
                try await click(3004)
                try await until("view.count === 3809 - 2 && row(3005)?.textContent.includes('good 1')")
                let after = try await browser.evaluate(
                    Double.self, "return document.getElementById('L3004').getBoundingClientRect().top")
                #expect(abs(before - after) < 20, "less than a line")
                try await click(3004)
                try await until("view.count === 3809 - 401 - 1 && isSeen(3004)")
                // The search goes into what is folded.
                try await browser.open("\(page)?find=install%2077")
                try await until("isSeen(79) && row(79).matches('.hit.on')")
                #expect(browser.complaints == [])
            }
        }
    }
}
