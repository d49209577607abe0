import Foundation
import Model
import Store
import Testing

@testable import Web

/// What the largest logs cost the one who looks at them.
@Suite(.enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct LargeLogTests {
    @Test("a log of 200 MB and 2,000,000 lines opens at its end, jumps anywhere, and the tab stays small")
    func large() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let writer = try await site.store.logs.writer(job.id)
            let rest = String(repeating: ".", count: 82)
            for thousand in 0..<2000 {
                let lines = (1...1000).map { "line \(thousand * 1000 + $0) \u{1B}[3\($0 % 8)m\(rest)\u{1B}[0m\n" }
                try await writer.append(section: 2, source: 1, Array(lines.joined().utf8))
            }
            try await writer.close()
            try await site.store.finishJob(job.id, .success)
            try await Browser.with { browser in
                let page = "http://127.0.0.1:\(site.client.port)/acme/widget/builds/1/jobs/tests"
                let begun = ContinuousClock.now
                try await browser.open(page)
                let opened = ContinuousClock.now - begun
                // What is transferred for the answer does not depend on the log's size: the end of it and what it needs.
                struct Load: Decodable {
                    var bytes: Int
                    var lines: Int
                    var rows: Int
                    var kept: Int
                }
                let load = try await browser.evaluate(
                    Load.self,
                    """
                    const view = document.getElementById('log').view;
                    for (let i = 0; i < 3000 && view.busy; i += 1) await new Promise(done => setTimeout(done, 20));
                    const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                    return {
                      bytes: all.reduce((sum, entry) => sum + entry.encodedBodySize, 0),
                      lines: all.filter(entry => entry.name.includes('/log/lines')).length,
                      rows: document.querySelectorAll('.ln').length, kept: view.lines.size,
                    };
                    """)
                #expect(load.bytes > 10_000 && load.bytes < 1_000_000, "\(load.bytes) bytes were transferred")
                #expect(load.lines <= 3 && load.rows < 300 && load.kept <= 3_000, "\(load)")
                // What a line says once it is there and in view; otherwise how things stand.
                func text(of line: Int) async throws -> String {
                    try await browser.evaluate(
                        String.self,
                        """
                        const row = () => document.getElementById('L\(line)'), view = document.getElementById('log').view;
                        const isSeen = () => {
                          const box = row()?.getBoundingClientRect();
                          return box && box.height > 0 && box.bottom > 0 && box.top < innerHeight && row().lastChild.textContent !== '';
                        };
                        for (let i = 0; i < 3000 && !isSeen(); i += 1) await new Promise(done => setTimeout(done, 20));
                        return isSeen() ? row().lastChild.textContent : 'not seen: ' + JSON.stringify({
                          box: row()?.getBoundingClientRect(), text: row()?.lastChild.textContent, hash: location.hash,
                          window: [innerWidth, innerHeight], scroll: [scrollY, document.documentElement.scrollHeight],
                          at: view.at, total: view.total, wanted: view.wanted, aimed: view.aimed, busy: view.busy,
                          kept: view.lines.size, rows: view.rows.size, sizes: [view.top, view.view, view.height],
                        });
                        """)
                }
                _ = try await browser.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
                #expect(try await text(of: 2_000_000) == "line 2000000 \(rest)")
                for line in [1_234_567, 1, 1_999_000, 1_000_000] {
                    _ = try await browser.evaluate("location.hash = '#L\(line)'")
                    #expect(try await text(of: line) == "line \(line) \(rest)")
                    // What is above the log settles late: its times get longer, the bar says more.
                    for (part, height) in [("head", 400), ("bar", 120), ("head", 0), ("bar", 0)] {
                        _ = try await browser.evaluate(
                            """
                            document.getElementById('\(part)').style.minHeight = '\(height)px';
                            for (let i = 0; i < 3; i += 1) await new Promise(done => requestAnimationFrame(done));
                            """)
                        #expect(try await text(of: line) == "line \(line) \(rest)")
                    }
                }
                // Whoever scrolls is where they scrolled to.
                _ = try await browser.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
                #expect(try await text(of: 2_000_000) == "line 2000000 \(rest)")
                let rows = try await browser.evaluate(Int.self, "return document.querySelectorAll('.ln').length")
                #expect(rows < 300)
                let heap = try await browser.memory()
                print("a log of 200 MB: open after \(opened), the tab uses \(heap >> 20) MiB")
                #expect(heap < 150 << 20)
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("searching, times and following are there, and an address with a search can be sent to a colleague")
    func tools() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            try await site.run(log: (1...20_000).map { "line \($0)\n" }.joined())
            try await Browser.with { browser in
                let page = "http://127.0.0.1:\(site.client.port)/acme/widget/builds/1/jobs/tests"
                let wait =
                    "for (let i = 0; i < 1000 && !(DONE); i += 1) await new Promise(done => setTimeout(done, 20));"
                func until(_ condition: String) async throws {
                    _ = try await browser.evaluate(wait.replacing("DONE", with: condition))
                    #expect(try await browser.evaluate(Bool.self, "return Boolean(\(condition))"), "\(condition)")
                }
                try await browser.open("\(page)?find=/^line%20[45]00$/")
                try await until(
                    "location.hash === '#L400' && document.querySelector('#L400.hit.on')?.textContent === 'line 400'")
                try await until("document.getElementById('found').textContent === '1 of 2 lines'")
                _ = try await browser.evaluate("document.getElementById('down').click()")
                try await until("location.hash === '#L500' && location.search.startsWith('?find=')")
                _ = try await browser.evaluate("document.getElementById('times').click()")
                try await until("/^[0-9]+:[0-9]+/.test(document.querySelector('#L500 > a').dataset.t)")
                #expect(browser.complaints == [])
            }
        }
    }
}
