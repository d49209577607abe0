import Foundation
import Model
import Store
import Testing

@testable import Web

/// Progress of several lines.
@Suite struct RewrittenLineTests {
    private static func ranges(_ text: String) -> [ClosedRange<Int>] {
        var lines = RewrittenLines()
        lines.feed(Array(text.utf8))
        return lines.ranges
    }

    @Test(
        "what goes up and writes anew was written over; what comes down again, or writes before, was not",
        arguments: [
            ("a\nb\n\u{1B}[2Aa1\nb1\n", [1...2]),
            ("a\nb\n\r\u{1B}[?25l\u{1B}[2K\u{1B}[A\u{1B}[2K\u{1B}[Aa1\nb1\n", [1...2]),
            ("a\nb\n\u{1B}[2Aa1\nb1\n\u{1B}[2Fa2\nb2\n", [1...4]),
            ("a\n\u{1B}[Aa1\nb\nc\nd\n\u{1B}[1Ad1\n", [1...1, 5...5]),
            ("a\nb\n\u{1B}[2A\u{1B}[2K\ra1\r\u{1B}[2B\n", []), ("a\nb\n\u{1B}[32mgreen \u{1B}[2A\n", []),
            ("\u{1B}[3Aa\n", []), ("a\nb\n\u{1B}[99999999999999999999Ac\n", [1...2]), ("a\n\u{1B}[1Ano end", []),
            ("a\n\u{1B}[1A\(String(repeating: "x", count: 5_000))\n", []), ("a\n\u{1B}[", []), ("a\n\u{1B}[1", []),
        ])
    func lines(text: String, expected: [ClosedRange<Int>]) { #expect(Self.ranges(text) == expected) }

    @Test("it is found wherever the bytes are cut")
    func cuts() {
        let frame = "\r\u{1B}[3A\u{1B}[2Kone\n\u{1B}[2Ktwo\nthree\n"
        let text = Array(
            ("begin\n1\n2\n3\n" + String(repeating: frame, count: 20) + String(repeating: "y", count: 5_000) + "\n"
                + frame + "end\n").utf8)
        var random = Random(seed: 7)
        for _ in 0..<200 {
            var lines = RewrittenLines()
            var start = 0
            while start < text.count {
                let end = min(text.count, start + 1 + random.next(random.next(4) == 0 ? 6_000 : 20))
                lines.feed(Array(text[start..<end]))
                start = end
            }
            #expect(lines.ranges == [2...61, 63...65])
        }
    }

    @Test(
        "what was written over folds into one line; the last state is there, and a search opens what it finds",
        .enabled(if: Browser.path != nil, "Chromium is not installed"))
    func page() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let writer = try await site.store.logs.writer(job.id)
            func write(_ section: UInt8, _ text: String) async throws {
                try await writer.append(section: section, source: 1, Array(text.utf8))
                try await writer.flush()
            }
            try await write(0, "Running the build script\n")
            // It goes up further than its own lines: those of the controller stay.
            let frames = (1...30).map { "\u{1B}[3A\u{1B}[2Kone \($0)\n\u{1B}[2Ktwo \($0)\n\u{1B}[2Kthree \($0)\n" }
            try await write(2, "one 0\ntwo 0\n" + frames.joined() + "done\n")
            try await writer.close()
            try await site.store.finishJob(job.id, .success)
            let path = "/acme/widget/builds/1/jobs/tests"
            let sections = try await site.api(LogSectionsDocument.self, "/projects\(path)/log/sections").sections
            let folds = sections.filter { $0.kind == "progress" }
            #expect(folds.map(\.header) == [2] && folds.map(\.last) == [90] && folds.allSatisfy(\.isDone))
            try await Browser.with { browser in
                func until(_ condition: String) async throws {
                    let isSo = try await browser.evaluate(
                        Bool.self,
                        """
                        const el = id => document.getElementById(id);
                        const text = n => el('L' + n)?.querySelector('span').textContent;
                        for (let i = 0; i < 3000 && !(\(condition)); i += 1) await new Promise(done => setTimeout(done, 20));
                        return Boolean(\(condition));
                        """)
                    #expect(isSo, "\(condition)")
                }
                try await browser.open("http://127.0.0.1:\(site.client.port)\(path)")
                try await until("text(2) === 'Earlier states of what follows' && !el('L3') && !el('L90')")
                try await until("text(91) === 'one 30' && text(93) === 'three 30' && text(94) === 'done'")
                _ = try await browser.evaluate("document.querySelector('#L2 > button').click()")
                try await until("text(2) === 'one 0' && text(3) === 'two 0' && text(4) === 'one 1'")
                _ = try await browser.evaluate("document.querySelector('#L2 > button').click()")
                try await until("!el('L3') && text(2) === 'Earlier states of what follows'")
                _ = try await browser.evaluate(
                    "document.getElementById('q').value = 'two 7'; document.getElementById('find').requestSubmit()")
                try await until("text(23) === 'two 7' && el('L23').matches('.hit.on')")
                #expect(browser.complaints == [])
            }
        }
    }
}
