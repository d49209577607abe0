import Foundation
import Model
import Store
import Testing

@testable import Web

/// The page of a job that runs, in a browser.
@Suite(.enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct LiveLogTests {
    private static let page = "/acme/widget/builds/1/jobs/tests"
    private static let lines =
        "const view = document.getElementById('log').view; return Array.from({ length: view.total }, (_, i) => view.lines.get(i + 1)?.html ?? 'missing')"

    /// A job that runs, with a writer of its log.
    private func running(_ site: Site) async throws -> (job: JobRecord, writer: LogWriter) {
        let project = try await site.declare([try Site.project("acme/widget")])[0]
        try await site.build(project)
        let job = try #require(try await site.store.claimNextJob()).job
        return (job, try await site.store.logs.writer(job.id))
    }

    private func until(_ browser: Browser, _ condition: String) async throws {
        let isSo = try await browser.evaluate(
            Bool.self,
            """
            const el = id => document.getElementById(id), view = el('log').view;
            for (let i = 0; i < 3000 && !(\(condition)); i += 1) await new Promise(done => setTimeout(done, 20));
            return Boolean(\(condition));
            """)
        guard !isSo else { return }
        let state = try await browser.evaluate(
            String.self,
            """
            const el = id => document.getElementById(id), view = el('log').view, page = document.documentElement;
            return [
              view.total, view.follows, el('waiting').hidden, el('waiting').textContent, scrollY, innerHeight,
              page.scrollHeight, el('live').className,
            ].join(' | ');
            """)
        Issue.record("\(condition): \(state)")
    }

    @Test("a server that goes away and comes back behind its proxy leaves no gap in a log, and doubles nothing")
    func proxy() async throws {
        try await Site.with { site in
            let (job, writer) = try await running(site)
            func write(_ numbers: ClosedRange<Int>) async throws {
                for number in numbers {
                    try await writer.append(section: 2, source: 1, Array("line \(number)\n".utf8))
                }
                try await writer.flush()
            }
            let doorway = try Doorway(to: site.client.port)
            defer { doorway.end() }
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(doorway.port)\(Self.page)")
                try await write(1...20)
                try await until(browser, "view.total === 20")
                for round in 1...2 {
                    let before = doorway.refused
                    doorway.shut()
                    try await until(browser, "el('live').classList.contains('lost')")
                    // The browser has asked and got an answer that is no stream: with that it gives up.
                    try await eventually(seconds: 60) { doorway.refused > before }
                    try await write(round * 20 + 1...round * 20 + 20)
                    doorway.open()
                    try await until(browser, "view.total === \(round * 20 + 20)")
                    try await until(browser, "!el('live').classList.contains('lost')")
                }
                try await writer.close()
                try await site.store.finishJob(job.id, .success)
                try await until(browser, "el('live').hidden && document.querySelector('#head.success')")
                #expect(try await browser.evaluate([String].self, Self.lines) == (1...60).map { "line \($0)" })
            }
        }
    }

    @Test("a job that fails while it is watched has its errors, and the page stays where it is")
    func failure() async throws {
        try await Site.with { site in
            let (job, writer) = try await running(site)
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(site.client.port)\(Self.page)")
                let text = "fine\nerror: it broke\n" + String(repeating: "fine\n", count: 300) + "fatal: the end\n"
                try await writer.append(section: 2, source: 1, Array(text.utf8))
                try await until(browser, "view.total === 303")
                #expect(try await browser.evaluate(Bool.self, "return document.getElementById('next').hidden"))
                try await writer.close()
                try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1, reason: "no"))
                try await until(browser, "!el('next').hidden")
                try await until(browser, "view.rows.has(303) && location.hash === ''")
                for line in [2, 303, 2] {
                    _ = try await browser.evaluate("document.getElementById('next').click()")
                    try await until(
                        browser, "location.hash === '#L\(line)' && view.rows.get(\(line))?.matches('.bad.on')")
                }
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("following goes on however lines change their height, and ends when one scrolls up")
    func following() async throws {
        try await Site.with { site in
            let (job, writer) = try await running(site)
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(site.client.port)\(Self.page)")
                var count = 0
                func write(_ lines: Int) async throws {
                    let text = (0..<lines).map { "\($0) \(String(repeating: "word ", count: $0 * 7 % 90))\n" }.joined()
                    try await writer.append(section: 2, source: 1, Array(text.utf8))
                    count += lines
                }
                func follows() async throws {
                    try await until(
                        browser,
                        """
                        view.total === \(count) && view.rows.has(\(count)) && el('waiting').hidden && !view.busy
                        && el('follow').getAttribute('aria-pressed') === 'true'
                        && document.documentElement.scrollHeight - innerHeight - scrollY < 2
                        """)
                }
                try await write(400)
                try await follows()
                for button in ["times", "times", "wrap", "times", "wrap", "times"] {
                    // What a browser tells of scrolling comes with the next frame.
                    _ = try await browser.evaluate(
                        """
                        document.getElementById('\(button)').click();
                        for (let i = 0; i < 3; i += 1) await new Promise(done => requestAnimationFrame(done));
                        """)
                    try await follows()
                    try await write(10)
                    try await follows()
                }
                // Be it as little as by the key with an arrow.
                for way in [1000, 40] {
                    _ = try await browser.evaluate("scrollTo(0, scrollY - \(way))")
                    try await until(browser, "el('follow').getAttribute('aria-pressed') === 'false'")
                    try await write(10)
                    try await until(browser, "el('waiting').textContent === '10 new lines' && !el('waiting').hidden")
                    _ = try await browser.evaluate("document.getElementById('waiting').click()")
                    try await follows()
                }
                try await writer.close()
                try await site.store.finishJob(job.id, .success)
                try await until(browser, "el('live').hidden && !view.follows")
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("a line of 10 MB without an end is shown in part, as it is when the page is opened again")
    func longLine() async throws {
        try await Site.with { site in
            let (job, writer) = try await running(site)
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(site.client.port)\(Self.page)")
                // How often the line is drawn, and how large it is then.
                _ = try await browser.evaluate(
                    """
                    while (!document.getElementById('log')?.view) await new Promise(done => setTimeout(done, 20));
                    const view = document.getElementById('log').view, put = view.put;
                    Object.assign(window, { drawn: 0, largest: 0, frames: 0 });
                    const frame = () => { window.frames += 1; requestAnimationFrame(frame); };
                    frame();
                    view.put = function (number, line) {
                      window.drawn += 1;
                      window.largest = Math.max(window.largest, line.html.length);
                      put.call(this, number, line);
                    };
                    """)
                try await writer.append(section: 2, source: 1, Array("first\n".utf8))
                let piece = [UInt8](repeating: 0x78, count: 10 << 10)
                for _ in 0..<1024 { try await writer.append(section: 2, source: 1, piece) }
                try await writer.append(
                    section: 2, source: 1, Array("\n10%\r20%\r\u{1B}[32mdone\u{1B}[0m\nlast\n".utf8))
                try await until(browser, "view.total === 4 && view.lines.get(4).html === 'last'")
                let watched = try await browser.evaluate([String].self, Self.lines)
                #expect(watched[1].hasSuffix("<i class=\"cut\">10,469,376 more bytes in the raw log</i>"))
                #expect(watched[2] == "<span class=\"f2\">done</span>")
                #expect(try await browser.evaluate(Int.self, "return window.largest") < 20_000)
                #expect(try await browser.evaluate(Bool.self, "return window.drawn <= window.frames + 10"))
                try await writer.close()
                try await site.store.finishJob(job.id, .success)
                try await until(browser, "el('live').hidden")
                struct Lines: Decodable { var html: [String] }
                let answer = try await site.client.get("\(Self.page)/log/lines?from=1&count=4")
                #expect(try JSONDecoder().decode(Lines.self, from: Data(answer.body)).html == watched)
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("the times of lines are the server's, whatever clock the browser has")
    func times() async throws {
        try await Site.with { site in
            let (_, writer) = try await running(site)
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(site.client.port)\(Self.page)")
                _ = try await browser.evaluate("Date.now = () => 1000")
                for number in 1...10 {
                    try await writer.append(section: 2, source: 1, Array("line \(number)\nand".utf8))
                    try await writer.append(section: 2, source: 1, Array(" more\n".utf8))
                }
                try await writer.close()
                try await until(browser, "view.total === 20 && view.lines.get(20)?.html === 'and more'")
                let shown = try await browser.evaluate(
                    [Int64].self,
                    "const view = document.getElementById('log').view; return Array.from({ length: 20 }, (_, i) => view.lines.get(i + 1).time)"
                )
                struct Lines: Decodable { var times: [Int64] }
                let answer = try await site.client.get("\(Self.page)/log/lines?from=1&count=20&times")
                #expect(try JSONDecoder().decode(Lines.self, from: Data(answer.body)).times == shown)
                #expect(browser.complaints == [])
            }
        }
    }
}
