import Foundation
import HTTPTypes
import Model
import Store
import Testing

@testable import Web

@Suite struct LogIndexTests {
    @Test("any window of any log has the lines and the style that reading the whole log gives")
    func windows() async throws {
        try await Site.with { site in
            var random = Random(seed: 4)
            for round in 0..<6 {
                let job = Int64(round + 1)
                let index = LogIndex(site.store.logs, job)
                let writer = try await site.store.logs.writer(job)
                var text: [UInt8] = []
                for _ in 0..<4 {
                    // Enough lines for more than one place, some colours, and now and then a line that is not finished.
                    var more: [UInt8] = []
                    for number in 0..<random.next(900) {
                        if random.next(9) == 0 { more += Array("\u{1B}[3\(random.next(10))m".utf8) }
                        more += Array("line \(number)\(random.next(5) == 0 ? "" : "\n")".utf8)
                    }
                    text += more
                    try await writer.append(section: 2, source: 1, more)
                    try await writer.flush()
                    let extent = try await index.update()
                    var terminal = TerminalText()
                    var all = terminal.feed(text)
                    if terminal.hasUnfinished { all.append(terminal.unfinished) }
                    #expect(extent.lines == all.count && extent.size == text.count)
                    for _ in 0..<12 {
                        let (first, count) = (1 + random.next(all.count + 2), 1 + random.next(400))
                        let window = try await LogWindow(
                            site.store.logs.reader(job), index, first: first, count: count)
                        #expect(window.html == Array(all.dropFirst(first - 1).prefix(count)))
                    }
                }
                try await writer.close()
            }
        }
    }

    @Test("a line of 3 MB is shown in part, and its neighbours whole")
    func longLine() async throws {
        try await Site.with { site in
            try await site.write(1, "one\n" + String(repeating: "x", count: 3 << 20) + "\nthree\n10%\r20%\rdone\n")
            let log = site.store.logs.reader(1)
            let index = LogIndex(site.store.logs, 1)
            #expect(try await index.update().lines == 4)
            let html = try await LogWindow(log, index, first: 1, count: 10).html
            #expect(html.count == 4 && html[0] == "one" && html[2] == "three" && html[3] == "done")
            #expect(html[1].utf8.count < 20_000 && html[1].hasSuffix("3,129,344 more bytes in the raw log</i>"))
        }
    }

    @Test(
        "the size of an expression counts what is repeated as often as it is",
        arguments: [
            ("", 0), ("abc", 3), ("a{3}", 3), ("a{2,5}b", 6), ("a{7,}", 7), ("(ab){10}", 40),
            ("((a{10}){10}){10}", 1_220),
            ("(x{0,100}){0,100}", 10_200), ("[a{9}]b", 2), ("[]{9}]", 1), ("[[:alpha:]]{4}", 4), ("\\(a\\){3}", 5),
            ("a{99999999999}", 100_000), ("a{100}{100}{100}{100}{100}", 1 << 30), ("(a", 1), ("a)b", 3), ("a+b*", 4),
        ] as [(String, Int)])
    func sizes(pattern: String, size: Int) throws {
        #expect(ExpressionSize.size(Array(pattern.utf8)) == size)
        guard size > POSIXExpression.sizeLimit else { return }
        #expect(throws: POSIXExpression.Problem.self) { _ = try POSIXExpression(pattern) }
    }

    @Test("an expression finds what the C library finds, anywhere in a line and with its anchors")
    func expressions() throws {
        func matches(_ pattern: String, _ text: String) throws -> Bool {
            let expression = try POSIXExpression(pattern)
            let before = Array(text.utf8).withUnsafeBytes { expression.matches($0) }
            expression.renew()
            #expect(Array(text.utf8).withUnsafeBytes { expression.matches($0) } == before)
            return before
        }
        for (pattern, text, isThere) in [
            ("b+", "aBBc", true), ("^b", "ab", false), ("^a|c$", "xc", true), ("^a$", "a", true), ("^$", "", true),
            ("b", "a\u{0}b", true), ("\\bline\\b", "a line.", true), ("a|b", "c", false), ("é", "cafÉ é", true),
        ] {
            #expect(try matches(pattern, text) == isThere, "\(pattern) in \(text)")
        }
    }

    @Test("a search stops at its time within what it was given, and goes on from there")
    func late() throws {
        let text = Array((1...4_000).map { "line \($0)\n" }.joined().utf8)
        let pattern = LogPattern(expression: try POSIXExpression("line .*7$"))
        let all = pattern.lines(text, until: .now + .seconds(600))
        #expect(all.count == 4_000 && all.end == text.count && all.hits.count == 400)
        var (rest, count, hits) = (text, 0, 0)
        while !rest.isEmpty {
            let found = pattern.lines(rest, until: .now)
            // Some kilobytes are looked at before the time is.
            #expect(found.count > 0 && found.end < 20_000)
            rest.removeSubrange(..<found.end)
            count += found.count
            hits += found.hits.count
        }
        #expect(count == 4_000 && hits == 400)
    }

    @Test("few searches run at once; some wait for their turn, and more are told to come later")
    func slots() async throws {
        let slots = SearchSlots(count: 1, room: 2)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let (begun, beginner) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await slots.run(for: "first") {
                    beginner.yield()
                    for await _ in gate {}
                    return 1
                }
            }
            _ = await begun.first { _ in true }
            // Which of them come too late is not said; that it is all but two is.
            for number in 0..<5 {
                group.addTask {
                    do { return try await slots.run(for: "\(number)") { 1 } } catch let problem as APIProblem {
                        #expect(problem.status == .serviceUnavailable && problem.retryAfter != nil)
                        return 0
                    }
                }
            }
            var results: [Int] = []
            while results.count < 3, let result = try await group.next() { results.append(result) }
            #expect(results == [0, 0, 0])
            opener.finish()
            while let result = try await group.next() { results.append(result) }
            #expect(results.reduce(0, +) == 3)
        }
        #expect(try await slots.run(for: "first") { 7 } == 7)
    }

    @Test("one caller has two searches at most, whatever room there is")
    func oneCaller() async throws {
        let slots = SearchSlots(count: 9, room: 9)
        let value = try await slots.run(for: "mona") {
            try await slots.run(for: "mona") {
                await #expect(throws: APIProblem.self) { try await slots.run(for: "mona") { 1 } }
                return try await slots.run(for: "hubot") { 2 }
            }
        }
        #expect(value == 2)
        #expect(try await slots.run(for: "mona") { 3 } == 3)
    }

    @Test("lines, their times and searches are answered; an expression that could run for ever is refused")
    func endpoints() async throws {
        struct Lines: Decodable {
            var first: Int
            var html: [String]
            var times: [Int64]?
            var total: Int
        }
        struct Found: Decodable {
            var hits: [Int]
            var count: Int
            var lines: Int
            var isComplete: Bool
        }
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let text = (1...9000).map { $0 % 1000 == 7 ? "Line \($0): <Error> e\u{301}\n" : "line \($0)\n" }.joined()
            let before = Date()
            try await site.run(log: text + "0 errors\nlast cannot")
            let path = "/acme/widget/builds/1/jobs/tests/log"
            func get<T: Decodable>(_ type: T.Type, _ query: String) async throws -> T {
                try JSONDecoder().decode(type, from: Data(try await site.client.get("\(path)/\(query)").body))
            }
            // As the page does: an answer comes after two seconds at most, and the search goes on where it ended.
            func search(_ query: String) async throws -> Found {
                var found = try await get(Found.self, "search?\(query)")
                while !found.isComplete {
                    let more = try await get(Found.self, "search?\(query)&from=\(found.lines + 1)")
                    let isFurther = more.isComplete || more.lines > found.lines
                    try #require(isFurther, "the search stands at line \(found.lines)")
                    found = Found(
                        hits: found.hits + more.hits, count: found.count + more.count, lines: more.lines,
                        isComplete: more.isComplete)
                }
                return found
            }
            let lines = try await get(Lines.self, "lines?from=8007&count=2&times")
            #expect(lines.first == 8007 && lines.total == 9002)
            #expect(lines.html == ["Line 8007: &lt;Error&gt; e\u{301}", "line 8008"])
            let times = try #require(lines.times)
            #expect(times.count == 2 && times[0] >= Int64(before.timeIntervalSince1970 * 1000) - 1)
            #expect(try await get(Lines.self, "lines?from=99999").html == [])
            let hits = (0..<9).map { $0 * 1000 + 7 }
            let found = try await search("q=%3CeRROR")
            #expect(found.hits == hits && found.count == 9 && found.lines == 9002 && found.isComplete)
            #expect(try await search("q=%5ELine%20.007:&regex").hits == Array(hits.dropFirst()))
            #expect(try await search("errors").hits == hits + [9002])
            #expect(try await get(Found.self, "search?q=line").count == 9000)
            // An answer holds 5,000 hits, and the next one begins where it ended.
            let beginning = try await get(Found.self, "search?q=line")
            let rest = try await get(Found.self, "search?q=line&from=\((beginning.hits.last ?? 0) + 1)")
            #expect(beginning.hits == Array(1...5000) && rest.hits == Array(5001...9000))
            #expect(rest.count == 4000 && rest.isComplete && rest.lines == 9002)
            #expect(try await get(Found.self, "search?q=line&from=99999").hits == [])
            for bad in [
                "q=", "q=(&regex", "q=(a)%5C1&regex", "q=a%7B9,9999%7D&regex", "", "q=(x%7B0,100%7D)%7B0,100%7D&regex",
                "q=" + String(repeating: "x", count: 2000),
            ] {
                let answer = try await site.client.get("\(path)/search?\(bad)")
                #expect(answer.status == 400 && answer.text.contains("problem"), "\(bad)")
            }
        }
    }
}
