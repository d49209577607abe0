import Foundation
import Model
import Store
import Testing

@testable import Web

/// What only a browser can show.
@Suite(.enabled(if: Browser.path != nil, "Chromium is not installed"), .serialized)
struct BrowserTests {
    @Test("a log that is watched grows without loss, and the page ends as it would be read anew")
    func live() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let writer = try await site.store.logs.writer(job.id)
            func write(_ bytes: some Collection<UInt8>) async throws {
                try await writer.append(section: 2, source: 1, Array(bytes))
            }
            try await write("one\n\u{1B}[31mtwo\n10%".utf8)
            try await writer.flush()
            let base = "http://127.0.0.1:\(site.client.port)"
            try await Browser.with { browser in
                try await browser.open("\(base)/acme/widget/builds/1/jobs/tests")
                _ = try await browser.evaluate("window.isSamePage = true")
                try await write("\r20%".utf8)
                let text = Array("\r100%\u{1B}[0m\nthree 🙂 <b>\n".utf8)
                for byte in text {
                    try await write([byte])
                    try await writer.flush()
                }
                for number in 5...2000 { try await write("line \(number)\n".utf8) }
                try await writer.close()
                try await site.store.finishJob(job.id, .success)
                let state =
                    "while (!document.querySelector('#head.success') || !document.getElementById('live').hidden) await new Promise(done => setTimeout(done, 20));"
                _ = try await browser.evaluate(state)
                let lines =
                    "const view = document.getElementById('log').view; return Array.from({ length: view.total }, (_, i) => view.lines.get(i + 1)?.html ?? 'missing')"
                let watched = try await browser.evaluate([String].self, lines)
                let isSame = try await browser.evaluate(Bool.self, "return window.isSamePage === true")
                let title = try await browser.evaluate(String.self, "return document.title")
                #expect(isSame && title.hasPrefix("Passed"))
                #expect(
                    try await browser.evaluate(String.self, "return document.getElementById('lines').textContent")
                        == "2,000 lines")
                try await browser.open("\(base)/acme/widget/builds/1/jobs/tests")
                let anew = try await browser.evaluate([String].self, lines)
                #expect(watched.count == 2000 && watched == anew)
                #expect(
                    Array(anew.prefix(4)) == [
                        "one", "<span class=\"f1\">two</span>", "<span class=\"f1\">100%</span>", "three 🙂 &lt;b&gt;",
                    ])
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("somebody signs in with GitHub and reruns a job, with and without scripts the same forms")
    func signInAndRerun() async throws {
        // The browser has to find its way back from GitHub, so the address is needed before the server runs.
        let port = try Connection.freePort()
        let base = "http://127.0.0.1:\(port)"
        try await StandIn.with(callback: "\(base)/_auth/callback") { gitHub in
            try await gitHub.browser("mona")
            try await Site.with(port: port, externalURL: base, signIn: gitHub.oauth) { site in
                let project = try await site.declare([try Site.project("acme/secret-one")])[0]
                let build = try await site.build(project)
                try await site.run(JobOutcome(state: .failure, exitCode: 1), log: "a line\n")
                let answer = try await gitHub.control("POST", "users", ["login": "mona"])
                let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
                let id = try #require(object?["id"] as? Int64)
                try await site.store.saveRoles(
                    project.id, [RoleRecord(personID: id, login: "mona", level: .push)], fulfils: 0)
                try await Browser.with { browser in
                    let page = "/acme/secret-one/builds/1/jobs/tests"
                    try await browser.open(base)
                    let list = try await browser.evaluate(String.self, "return document.body.textContent")
                    #expect(list.contains("Sign in") && !list.contains("secret-one"))
                    try await browser.open("\(base)/_login?return=\(page)")
                    let place = try await browser.evaluate(String.self, "return location.pathname")
                    #expect(place == page)
                    let header = try await browser.evaluate(
                        String.self, "return document.querySelector('nav.person').textContent")
                    #expect(header == "mona")
                    // The click leaves the page that would tell its end.
                    _ = try await browser.evaluate(
                        "setTimeout(() => document.querySelector('form[action$=\"/rerun\"] button').click(), 0)")
                    for _ in 0..<500 where try await site.store.jobs(build.id).first?.attempt != 2 {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    #expect(try await site.store.jobs(build.id).map(\.attempt) == [2])
                    try await browser.open("\(base)\(page)")
                    let text = try await browser.evaluate(String.self, "return document.body.textContent")
                    #expect(text.contains("attempt 2") && text.contains("Cancel"))
                    #expect(browser.complaints == [])
                }
            }
        }
    }

    @Test("the browser's terminal and the server's make the same lines")
    func terminal() async throws {
        var random = Random(seed: 13)
        let texts = (0..<1500).map { _ in TerminalTests.noise(&random) }
        try await Site.with { site in
            try await Browser.with { browser in
                try await browser.open("http://127.0.0.1:\(site.client.port)/")
                let answer = try await browser.evaluate(
                    [[String]].self,
                    """
                    const { Terminal } = await import('/_assets/terminal.js');
                    const names = {'&':'&amp;','<':'&lt;','>':'&gt;','"':'&quot;',"'":'&#39;'};
                    const escape = text => text.replace(/[&<>"']/g, c => names[c]);
                    const html = runs => runs.map(([c, t]) => c ? `<span class="${c}">${escape(t)}</span>` : escape(t)).join('');
                    const texts = \(String(decoding: try JSONEncoder().encode(texts), as: UTF8.self));
                    return texts.map(text => {
                      const terminal = new Terminal(), lines = terminal.feed(text).map(html);
                      if (terminal.line.length) lines.push(html(terminal.line));
                      return lines;
                    });
                    """)
                #expect(answer.count == texts.count)
                for (text, theirs) in zip(texts, answer) {
                    #expect(theirs == TerminalTests.lines(text), "\(text.debugDescription)")
                }
            }
        }
    }

    @Test("no page runs what it shows, breaks its own rules, or is wider than a telephone")
    func gallery() async throws {
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            try await Browser.with { browser in
                try await browser.resize(width: 360)
                for page in GalleryTests.pages where !page.contains("part=head") {
                    try await browser.open("http://127.0.0.1:\(site.client.port)\(page)")
                    let width = try await browser.evaluate(Int.self, "return document.documentElement.scrollWidth")
                    #expect(width <= 360, "\(page) is \(width) wide")
                }
                // What only somebody who is signed in sees, buttons included.
                let project = try #require(try await site.store.project(Site.repository("acme/widget")))
                let role = RoleRecord(personID: 1, login: "somebody-with-a-rather-long-name", level: .push)
                try await site.store.saveRoles(project.id, [role], fulfils: 0)
                let person = try await site.signIn(1, role.login)
                _ = try await browser.evaluate("document.cookie = '\(person.cookie); path=/'")
                for page in [
                    "/_account", "/_sync", "/acme/widget/settings", "/acme/widget/builds/24",
                    "/acme/widget/builds/24/jobs/tests", "/acme/widget/builds/26",
                ] {
                    try await browser.open("http://127.0.0.1:\(site.client.port)\(page)")
                    let width = try await browser.evaluate(Int.self, "return document.documentElement.scrollWidth")
                    let forms = try await browser.evaluate(Int.self, "return document.querySelectorAll('form').length")
                    #expect(width <= 360 && forms > 0, "\(page) is \(width) wide and has \(forms) forms")
                }
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("a long message leaves the jobs in view")
    func longMessage() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            let message =
                String(repeating: "word ", count: 60) + "\n\n" + String(repeating: "A sentence of it. ", count: 170)
            try await site.build(project, message, commit: Site.commit("long"))
            try await Browser.with { browser in
                for width in [360, 1280] {
                    try await browser.resize(width: width)
                    try await browser.open("http://127.0.0.1:\(site.client.port)/acme/widget/builds/1")
                    let bottom = try await browser.evaluate(
                        Double.self, "return document.querySelector('#jobs .row').getBoundingClientRect().bottom")
                    #expect(bottom < 900, "\(bottom) of 900 at \(width)")
                    // The rest of it is there.
                    let last = try await browser.evaluate(
                        Bool.self,
                        """
                        const body = document.querySelector('.body');
                        body.scrollTo(0, body.scrollHeight);
                        return body.scrollTop > 0 && body.scrollTop + body.clientHeight > body.scrollHeight - 2;
                        """)
                    #expect(last)
                }
                #expect(browser.complaints == [])
            }
        }
    }

    @Test("keys move, filter and open; a failed job opens at its first error")
    func keys() async throws {
        try await Site.with { site in
            try await site.fillGallery()
            let base = "http://127.0.0.1:\(site.client.port)"
            try await Browser.with { browser in
                func press(_ key: String) async throws {
                    _ = try await browser.evaluate(
                        "(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key: '\(key)', bubbles: true }))"
                    )
                }
                try await browser.open("\(base)/")
                try await press("j")
                try await press("j")
                #expect(
                    try await browser.evaluate(String.self, "return document.activeElement.getAttribute('href')")
                        == "/acme/rocket")
                try await press("/")
                #expect(try await browser.evaluate(String.self, "return document.activeElement.name") == "q")
                try await browser.open("\(base)/acme/widget/builds/24/jobs/tests")
                // The errors are found by the server while the page is open already.
                _ = try await browser.evaluate(
                    "while (document.getElementById('next').hidden) await new Promise(done => setTimeout(done, 20));")
                let top = try await browser.evaluate(
                    Double.self, "return document.getElementById('L75').getBoundingClientRect().top / innerHeight")
                #expect((0...1).contains(top))
                try await press("e")
                #expect(try await browser.evaluate(String.self, "return location.hash") == "#L83")
                #expect(
                    try await browser.evaluate(
                        [String].self, "return [...document.querySelectorAll('.on')].map(line => line.id)") == ["L83"])
                try await browser.open("\(base)/acme/widget/builds/24/jobs/tests#L10-L12")
                #expect(try await browser.evaluate(Int.self, "return document.querySelectorAll('.on').length") == 3)
                #expect(browser.complaints == [])
            }
        }
    }
}
