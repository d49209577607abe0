import Foundation
import Model
import Store
import Testing

@testable import Web

/// What one does with a finished log, in a browser.
@Suite(.enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct LogPageTests {
    private static let page = "/acme/widget/builds/1/jobs/tests"

    /// Opens the page of a job that wrote this.
    private func with(
        _ log: String, _ body: @Sendable (Site, Browser, @Sendable (String) async throws -> Void) async throws -> Void
    ) async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            try await site.run(log: log)
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(site.client.port)\(Self.page)")
                try await body(site, browser) { condition in
                    let isSo = try await browser.evaluate(
                        Bool.self,
                        """
                        const el = id => document.getElementById(id), view = () => el('log').view, row = n => el('L' + n);
                        for (let i = 0; i < 3000 && !(\(condition)); i += 1) await new Promise(done => setTimeout(done, 20));
                        return Boolean(\(condition));
                        """)
                    #expect(isSo, "\(condition)")
                }
                #expect(browser.complaints == [])
            }
        }
    }

    private func search(_ browser: Browser, _ words: String) async throws {
        _ = try await browser.evaluate(
            "document.getElementById('q').value = '\(words)'; document.getElementById('find').requestSubmit()")
    }

    @Test("the address of a line, a range and a search names the attempt: after a rerun it shows the same log")
    func attempts() async throws {
        try await with((1...50).map { "line \($0)\n" }.joined()) { site, browser, until in
            try await until("view() && !el('find').hidden")
            #expect(try await browser.evaluate(String.self, "return location.search") == "")
            _ = try await browser.evaluate("document.querySelector('#L20 > a').click()")
            try await until("location.search === '?attempt=1' && location.hash === '#L20'")
            try await until("row(21).firstChild.href.endsWith('/tests?attempt=1#L21')")
            try await search(browser, "line 3")
            try await until("location.search.includes('attempt=1') && location.search.includes('find=line')")
            try await search(browser, ":7")
            try await until("location.hash === '#L7' && location.search.includes('attempt=1')")
        }
    }

    @Test(":123 in the search goes to line 123, or to the last one")
    func jump() async throws {
        try await with((1...5_000).map { "line \($0)\n" }.joined()) { site, browser, until in
            try await until("view() && !el('find').hidden")
            try await search(browser, ":1234")
            try await until("location.hash === '#L1234' && row(1234)?.matches('.on')")
            #expect(
                try await browser.evaluate(String.self, "return document.getElementById('found').textContent") == "")
            try await search(browser, ":99999")
            try await until("location.hash === '#L5000' && el('found').textContent === 'the last line is 5,000'")
            _ = try await browser.evaluate(
                "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }))")
            try await until("el('keys').textContent.includes(':123')")
            // Without scripts nothing answers keys, and the page does not speak of them.
            try await until("!document.querySelector('.hint').hidden")
            let page = try await site.client.get(Self.page).text
            #expect(page.contains("<span class=\"hint\" hidden> · press <kbd>?</kbd> for keys</span>"))
        }
    }

    @Test("chosen lines are copied as text without numbers, also those out of sight, and not too many")
    func copy() async throws {
        let log = (1...12_000).map { "\u{1B}[3\($0 % 8)mline <\($0)>\u{1B}[0m\n" }.joined()
        try await with(log) { _, browser, until in
            try await until("view() && el('copy').hidden")
            func choose(_ range: String, clipboard: String) async throws {
                _ = try await browser.evaluate(
                    """
                    delete window.copied;
                    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: \(clipboard) });
                    document.execCommand = () => { window.copied = document.activeElement.value; return true; };
                    await new Promise(done => {
                      addEventListener('hashchange', done, { once: true });
                      location.hash = '\(range)';
                    });
                    document.getElementById('copy').click();
                    """)
            }
            func copied() async throws -> String? {
                try await browser.evaluate(String?.self, "return window.copied")
            }
            let ours = "{ writeText: async text => { window.copied = text; } }"
            let expected = (10...2_500).map { "line <\($0)>" }.joined(separator: "\n")
            try await choose("#L10-L2500", clipboard: ours)
            try await until("el('copy').textContent === 'Copied 2,491 lines'")
            #expect(try await copied() == expected)
            // Pages by plain http have no clipboard, and one may be refused.
            let refusing = "{ writeText: async () => { throw new Error(); } }"
            for (range, clipboard) in [("#L11999-L12500", "undefined"), ("#L11999-L12501", refusing)] {
                try await choose(range, clipboard: clipboard)
                try await until("el('copy').textContent === 'Copied 2 lines' && window.copied")
                #expect(try await copied() == "line <11999>\nline <12000>")
            }
            try await choose("#L1-L10001", clipboard: ours)
            try await until("el('copy').textContent.startsWith('Too many: at most 10,000 lines')")
            #expect(try await copied() == nil)
        }
    }

    @Test("Enter in the search goes on to the next line that was found, with Shift back to the one before")
    func enter() async throws {
        try await with((1...30).map { "line \($0)\n" }.joined()) { _, browser, until in
            try await until("view() && !el('find').hidden")
            _ = try await browser.evaluate("document.getElementById('q').focus()")
            _ = try await browser.call("Input.insertText", ["text": "line 2"])
            let presses = [(0, "1 of 11", 2), (0, "2 of 11", 20), (0, "3 of 11", 21), (8, "2 of 11", 20)]
            for (modifiers, found, line) in presses {
                let key: [String: Any] = [
                    "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "modifiers": modifiers,
                ]
                _ = try await browser.call(
                    "Input.dispatchKeyEvent", key.merging(["type": "keyDown", "text": "\r"]) { $1 })
                _ = try await browser.call("Input.dispatchKeyEvent", key.merging(["type": "keyUp"]) { $1 })
                try await until("el('found').textContent === '\(found) lines' && location.hash === '#L\(line)'")
            }
        }
    }

    @Test("stepping goes on after the 5,000 lines that an answer holds, and the counter says that there are more")
    func steps() async throws {
        try await with((1...5_010).map { "line \($0)\n" }.joined()) { _, browser, until in
            try await until("view() && !el('find').hidden")
            try await search(browser, "line")
            try await until("el('found').textContent === '1 of 5,000+ lines'")
            _ = try await browser.evaluate("document.getElementById('up').click()")
            try await until("location.hash === '#L5000'")
            _ = try await browser.evaluate("document.getElementById('down').click()")
            try await until("location.hash === '#L5001' && el('found').textContent === '5,001 of 5,010 lines'")
        }
    }

    @Test("a search goes on until it finds the line that is pointed at, however many are found before it")
    func far() async throws {
        try await with((1...5_010).map { "line \($0)\n" }.joined()) { _, browser, until in
            try await until("view() && !el('find').hidden")
            _ = try await browser.evaluate("location.hash = '#L5005'")
            try await until("view().rows.get(5005)?.matches('.on')")
            try await search(browser, "line")
            try await until("location.hash === '#L5005' && el('found').textContent === '5,005 of 5,010 lines'")
        }
    }

    @Test("a long search goes on by itself, says how far it is, and takes nobody away from where they went meanwhile")
    func longSearch() async throws {
        try await with((1...900).map { "line \($0)\n" }.joined()) { _, browser, until in
            try await until("view() && !el('find').hidden")
            // A server that looks at 300 lines at a time, and answers when it is told to.
            _ = try await browser.evaluate(
                """
                const ask = window.fetch;
                window.asked = 0;
                window.fetch = async (url, ...rest) => {
                  if (!String(url).includes('/log/search')) return ask(url, ...rest);
                  const from = Number(new URL(url, location).searchParams.get('from'));
                  window.asked += 1;
                  await new Promise(done => { window.go = done; });
                  const lines = Math.min(900, from + 299), hits = from === 1 ? [] : [from + 99];
                  return new Response(JSON.stringify({ hits, count: hits.length, lines, isComplete: lines === 900 }));
                };
                """)
            for isAway in [false, true] {
                let words = isAway ? "another" : "line"
                _ = try await browser.evaluate("window.asked = 0")
                try await search(browser, words)
                try await until("asked === 1 && el('found').textContent === 'searching'")
                _ = try await browser.evaluate("go()")
                try await until("asked === 2 && el('found').textContent === 'searching, first 300 lines searched'")
                if isAway {
                    try await search(browser, ":7")
                    try await until("location.hash === '#L7'")
                    _ = try await browser.evaluate("document.getElementById('q').value = 'another'")
                }
                _ = try await browser.evaluate("go()")
                let first = isAway ? "1+ lines" : "1 of 1+ lines"
                let state = "\(first), searching, first 600 lines searched"
                try await until("asked === 3 && el('found').textContent === '\(state)'")
                #expect(
                    try await browser.evaluate(String.self, "return location.hash") == (isAway ? "#L7" : "#L400"))
                _ = try await browser.evaluate("go()")
                try await until("el('found').textContent === '\(isAway ? "2 lines" : "1 of 2 lines")'")
                _ = try await browser.evaluate("document.getElementById('down').click()")
                try await until("location.hash === '\(isAway ? "#L400" : "#L700")'")
                // The next search begins at the first line again.
                _ = try await browser.evaluate("location.hash = '#L1'")
                try await until("row(1)?.matches('.on')")
            }
        }
    }

    @Test(
        "the long log of a job that failed opens at its end, and moves once: to an error that is not in view",
        arguments: [4_990, 100])
    func opening(error: Int) async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let log = (1...5_000).map { $0 == error ? "error: it broke\n" : "line \($0)\n" }.joined()
            try await site.run(JobOutcome(state: .failure, exitCode: 1), log: log)
            try await Browser.with { browser in
                // The search for errors takes its time.
                let source = """
                    {
                      const ask = window.fetch;
                      window.fetch = async (url, ...rest) => {
                        if (String(url).includes('/log/search')) await new Promise(done => { window.go = done; });
                        return ask(url, ...rest);
                      };
                    }
                    """
                _ = try await browser.call("Page.addScriptToEvaluateOnNewDocument", ["source": source])
                try await browser.open("http://127.0.0.1:\(site.client.port)\(Self.page)")
                let shown = try await browser.evaluate(
                    [Int].self,
                    """
                    while (!window.go) await new Promise(done => setTimeout(done, 20));
                    return [...document.getElementById('log').view.rows.keys()];
                    """)
                #expect(shown.contains(5_000) && !shown.contains(1))
                let then = try await browser.evaluate(
                    [Int].self,
                    """
                    window.go();
                    while (document.getElementById('next').hidden) await new Promise(done => setTimeout(done, 20));
                    return [...document.getElementById('log').view.rows.keys()];
                    """)
                #expect(then.contains(error) && then.contains(5_000) == (error > 4_000))
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("on paper are the lines that are in view, and afterwards the page is where it was")
    func printing() async throws {
        try await with((1...5_000).map { "line \($0)\n" }.joined()) { _, browser, until in
            try await until("view() && !el('find').hidden")
            _ = try await browser.evaluate("scrollTo(0, 40000)")
            try await until("view().at > 1000 && !view().busy")
            let at = try await browser.evaluate(Int.self, "return document.getElementById('log').view.at")
            struct Paper: Decodable { var data: Data }
            let paper = try JSONDecoder().decode(Paper.self, from: try await browser.call("Page.printToPDF"))
            let pages = String(decoding: paper.data, as: UTF8.self).components(separatedBy: "/Type /Page\n").count - 1
            #expect((1...3).contains(pages), "\(pages) pages")
            try await until("Math.round(scrollY) === 40000 && view().at === \(at)")
        }
    }

    @Test("true colours are true, other grounds are there, and what could not be read is made readable")
    func colours() async throws {
        let log =
            "\u{1B}[38;2;250;128;16mtrue\u{1B}[0m\n\u{1B}[38;2;1;2;3mdark\u{1B}[0m\n"
            + "\u{1B}[48;2;10;20;30mground\u{1B}[0m\n\u{1B}[38;5;16;48;5;226mblack on yellow\u{1B}[0m\n\u{1B}[38;5;16mblack\u{1B}[0m\n"
        try await with(log) { _, browser, until in
            try await until("view() && row(5)")
            func style(_ line: Int, _ name: String) async throws -> String {
                try await browser.evaluate(
                    String.self, "return getComputedStyle(document.querySelector('#L\(line) > span > span')).\(name)")
            }
            #expect(try await style(1, "color") == "rgb(250, 128, 16)")
            #expect(try await style(2, "color") != "rgb(1, 2, 3)")
            #expect(try await style(3, "backgroundColor") == "rgb(10, 20, 30)")
            #expect(try await style(4, "backgroundColor") == "rgb(255, 255, 0)")
            #expect(try await style(4, "color") == "rgb(0, 0, 0)")
            #expect(try await browser.evaluate([String].self, PageAudit.script) == [])
            // Lines that are pointed at and found.
            _ = try await browser.evaluate("location.hash = '#L1-L5'")
            try await until("row(1).matches('.on')")
            #expect(try await browser.evaluate([String].self, PageAudit.script) == [])
        }
    }
}
