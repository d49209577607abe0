import Foundation
import Model
import Store
import Testing

@testable import Web

/// Pages that stay open while things happen.
@Suite(.enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct RefreshTests {
    /// A page that looks a hundred times as often, counts its looks, and remembers how long it meant to wait.
    private static let haste = """
        window.waits = [];
        window.looks = 0;
        const [after, ask] = [window.setTimeout, window.fetch];
        window.setTimeout = (act, wait, ...rest) => {
          if (wait >= 1000) window.waits.push(wait);
          return after(act, wait >= 1000 ? wait / 100 : wait, ...rest);
        };
        window.fetch = async (...question) => {
          const answer = await ask(...question);
          after(() => { window.looks += 1; }, 50);
          return answer;
        };
        window.hide = isHidden => {
          Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        };
        """

    private func with(_ site: Site, _ body: (Browser, String) async throws -> Void) async throws {
        try await Browser.with { browser in
            _ = try await browser.call("Page.addScriptToEvaluateOnNewDocument", ["source": Self.haste])
            try await body(browser, "http://127.0.0.1:\(site.client.port)")
            #expect(browser.complaints == [])
        }
    }

    /// Waits, as long as a slow machine may need.
    private func until(_ browser: Browser, _ condition: String) async throws {
        let isSo = try await browser.evaluate(
            Bool.self,
            """
            for (let i = 0; i < 1500 && !(\(condition)); i += 1) await new Promise(done => setTimeout(done, 20));
            return Boolean(\(condition));
            """)
        #expect(isSo, "\(condition)")
    }

    @Test("a tab in the background looks once a minute, shows title and icon of what happened, and rests at the end")
    func hidden() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            try await with(site) { browser, base in
                try await browser.open("\(base)/acme/widget/builds/1")
                try await until(browser, "document.title.startsWith('Running')")
                _ = try await browser.evaluate("hide(true); waits.length = 0")
                try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1))
                try await until(browser, "document.title.startsWith('Failed')")
                try await until(browser, "document.getElementById('icon').href.includes('/kozmic-failure.svg')")
                try await until(browser, "waits.length > 2")
                #expect(try await browser.evaluate(Bool.self, "return waits.every(wait => wait === 60000)"))
                // It goes on waking up and asks no more, until somebody looks at it.
                _ = try await browser.evaluate("waits.length = 0")
                try await until(browser, "waits.length > 1")
                _ = try await browser.evaluate("looks = 0; waits.length = 0")
                try await until(browser, "waits.length > 2")
                #expect(try await browser.evaluate(Int.self, "return looks") == 0)
                _ = try await browser.evaluate("hide(false)")
                try await until(browser, "looks > 0 && waits.at(-1) === 15000")

                // The list of projects has no end.
                try await browser.open("\(base)/")
                try await until(browser, "document.title.startsWith('1 failed · Projects')")
                _ = try await browser.evaluate("hide(true)")
                try await site.build(project, "Another one")
                try await site.run(.success)
                try await until(browser, "document.title.startsWith('Projects')")
                try await until(browser, "document.getElementById('icon').href.includes('/kozmic-success.svg')")
            }
        }
    }

    @Test("a tab that nobody sees gives the stream of its log back, tells of the job's end, and goes on where it was")
    func stream() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let writer = try await site.store.logs.writer(job.id)
            func write(_ numbers: ClosedRange<Int>) async throws {
                for number in numbers {
                    try await writer.append(section: 2, source: 1, Array("line \(number)\n".utf8))
                }
                try await writer.flush()
            }
            try await with(site) { browser, base in
                _ = try await browser.call(
                    "Page.addScriptToEvaluateOnNewDocument",
                    [
                        "source": """
                        window.streams = [];
                        window.EventSource = class extends EventSource {
                          constructor(...about) {
                            super(...about);
                            window.streams.push(this);
                          }
                        };
                        """
                    ])
                let view = "document.getElementById('log').view"
                let isGivenBack = "streams.at(-1).readyState === EventSource.CLOSED"
                try await browser.open("\(base)/acme/widget/builds/1/jobs/tests")
                try await write(1...10)
                try await until(browser, "streams.length === 1 && \(view)?.total === 10")
                _ = try await browser.evaluate("hide(true)")
                try await until(browser, isGivenBack)
                try await write(11...20)
                _ = try await browser.evaluate("hide(false)")
                try await until(browser, "streams.length === 2 && \(view).total === 20")
                _ = try await browser.evaluate("hide(true)")
                try await until(browser, isGivenBack)
                try await write(21...30)
                try await writer.close()
                try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1))
                try await until(browser, "document.title.startsWith('Failed')")
                #expect(try await browser.evaluate(Int.self, "return \(view).total") == 20)
                _ = try await browser.evaluate("hide(false)")
                try await until(browser, "document.getElementById('live').hidden && \(view).total === 30")
                let lines = try await browser.evaluate(
                    [String].self, "return Array.from({ length: 30 }, (_, i) => \(view).lines.get(i + 1)?.html ?? '')")
                #expect(lines == (1...30).map { "line \($0)" })
                // What has ended is not asked for again.
                _ = try await browser.evaluate("hide(true); hide(false)")
                #expect(try await browser.evaluate(Int.self, "return streams.length") == 3)
            }
        }
    }

    @Test("what the reader opened stays open, the focus stays where it is, and only what changed is made anew")
    func opened() async throws {
        try await Site.with(showsPrivate: true) { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["docs", "tests"])])[0]
            let values = [
                ExplainedValue(path: "hooks.tests.sudo", value: "true", level: .builtIn),
                ExplainedValue(path: "drift", value: "heal", level: .builtIn),
            ]
            try await site.store.saveProjectSettings([(project.repository, values)], commit: "c1")
            try await with(site) { browser, base in
                try await browser.open("\(base)/acme/widget/settings")
                let opened =
                    "return [...document.querySelectorAll('#configuration details')].filter(d => d.open).map(d => d.id)"
                let ids = try await browser.evaluate(
                    [String].self,
                    """
                    window.first = document.getElementById('configuration');
                    const all = [...document.querySelectorAll('#configuration details')];
                    for (const details of all) details.open = true;
                    document.querySelector('#script-tests-build > summary').focus();
                    return all.map(details => details.id);
                    """)
                #expect(
                    Set(ids).isSuperset(of: ["script-docs-build", "script-tests-build", "builtin-tests", "own-builtin"])
                        && !ids.contains(""))
                _ = try await browser.evaluate("looks = 0")
                try await until(browser, "looks > 2")
                #expect(
                    try await browser.evaluate(
                        Bool.self, "return first.isConnected && document.activeElement.matches('summary')"))
                #expect(try await browser.evaluate([String].self, opened) == ids)
                // Now something did change.
                let more = values + [ExplainedValue(path: "hooks.tests.timeout", value: "60m", level: .builtIn)]
                try await site.store.saveProjectSettings([(project.repository, more)], commit: "c2")
                try await until(browser, "document.body.textContent.includes('2 built in')")
                #expect(try await browser.evaluate([String].self, opened) == ids)
                #expect(try await browser.evaluate(Bool.self, "return !first.isConnected"))
                #expect(
                    try await browser.evaluate(
                        String.self, "return document.activeElement.parentElement.id") == "script-tests-build")
            }
        }
    }

    @Test("the second button of a form keeps the focus when its part is made anew")
    func focus() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["docs", "tests"])])[0]
            try await site.build(project)
            for _ in 0..<2 { try await site.run(JobOutcome(state: .failure, exitCode: 1), log: "no\n") }
            try await site.store.saveRoles(
                project.id, [RoleRecord(personID: 1, login: "mona", level: .push)], fulfils: 0)
            let person = try await site.signIn(1, "mona")
            try await with(site) { browser, base in
                try await browser.open("\(base)/")
                _ = try await browser.evaluate("document.cookie = '\(person.cookie); path=/'")
                try await browser.open("\(base)/acme/widget/builds/1")
                _ = try await browser.evaluate(
                    """
                    window.first = document.getElementById('head');
                    document.querySelector('#head form[action$="/rerun"] button[value=now]').focus();
                    """)
                // A sibling is named in the header, which is made anew for it.
                try await site.build(
                    project, "The same", commit: Site.commit("A change"), ref: .branch("copy"), kind: .push)
                try await until(browser, "!first.isConnected")
                #expect(
                    try await browser.evaluate(String.self, "return document.activeElement.value ?? 'nothing'") == "now"
                )
            }
        }
    }

    @Test("a first build and a red default branch come to a page that had no room for them")
    func others() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await with(site) { browser, base in
                func until(_ condition: String, number: Int) async throws {
                    try await self.until(
                        browser,
                        """
                        \(condition) && document.querySelector('#head .num').textContent === '#\(number)'
                        && document.querySelector('.crumbs').lastChild.textContent === '#\(number)'
                        """)
                }
                try await browser.open("\(base)/acme/widget")
                try await self.until(browser, "document.querySelector('h1').textContent === 'No build yet'")
                try await site.build(project, "The first")
                try await site.run(.success)
                try await until("document.querySelector('#head.success')", number: 1)
                try await site.build(project, "Break it")
                try await site.run(JobOutcome(state: .failure, exitCode: 1))
                try await until("document.querySelector('#head.failure')", number: 2)
                #expect(try await browser.evaluate(Bool.self, "return !document.getElementById('red')"))
                try await site.build(project, "Elsewhere", ref: .branch("topic"))
                try await site.run(.success)
                try await until("document.querySelector('#red .banner')", number: 3)
                try await site.build(project, "Mend it")
                try await site.run(.success)
                try await until("!document.getElementById('red')", number: 4)
            }
        }
    }

    @Test("a filter finds while one types: no reload, the address follows, focus and caret stay")
    func filter() async throws {
        try await Site.with(showsPrivate: true) { site in
            try await site.fillCrowd(reason: "no")
            try await with(site) { browser, base in
                func type(_ text: String) async throws {
                    _ = try await browser.call("Input.insertText", ["text": text])
                }
                for (page, rows) in [("/", "#projects .row"), ("/_sync", "#conditions .row")] {
                    try await browser.open("\(base)\(page)")
                    let length = try await browser.evaluate(Int.self, "return history.length")
                    _ = try await browser.evaluate(
                        "window.isSamePage = true; document.querySelector('.filter input[name=q]').focus()")
                    try await type("p15")
                    try await until(browser, "document.querySelectorAll('\(rows)').length === 10")
                    try await until(browser, "location.search === '?q=p15'")
                    try await type("7")
                    try await until(browser, "document.querySelectorAll('\(rows)').length === 1")
                    try await type("x")
                    try await until(browser, "document.body.textContent.includes('has “p157x” in it')")
                    // The next look asks for what is filtered, too.
                    _ = try await browser.evaluate("looks = 0")
                    try await until(browser, "looks > 1")
                    #expect(
                        try await browser.evaluate(
                            Bool.self,
                            """
                            const field = document.activeElement;
                            return window.isSamePage && field.name === 'q' && field.selectionStart === 5
                              && !document.querySelector('\(rows)') && history.length === \(length);
                            """))
                    _ = try await browser.evaluate(
                        "document.activeElement.value = ''; document.activeElement.dispatchEvent(new Event('input', { bubbles: true }))"
                    )
                    try await until(browser, "document.querySelectorAll('\(rows)').length > 90")
                    try await until(browser, "location.search === '' && location.pathname === '\(page)'")
                }
                // The other order keeps the filter.
                try await browser.open("\(base)/")
                _ = try await browser.evaluate("document.querySelector('.filter input[name=q]').focus()")
                try await type("p22")
                try await until(
                    browser,
                    "document.querySelector('#order a:last-child').getAttribute('href') === '/?q=p22&sort=state'")
            }
        }
    }
}
