import Curl
import Foundation
import Model
import Testing
import Web

@testable import kozmic

/// The client's parts that need no server.
@Suite("The client's parts")
struct ClientPartsTests {
    @Test("colours reach the terminal, what would take it over does not, wherever a sequence is cut")
    func terminal() {
        let log =
            "plain \u{1B}[1;31mred\u{1B}[0m\ttab\r\n\u{1B}]0;title\u{7}\u{1B}[2J\u{1B}[10;10Hback\u{1B}c\u{1B}(B\u{1B}P1;2x\u{1B}\\\u{9B}31mé🙂\u{7F}\u{8}end\n"
        let bytes = Array(log.utf8)
        let shown = "plain \u{1B}[1;31mred\u{1B}[0m\ttab\r\nback31mé🙂end\n"
        for cut in 0...bytes.count {
            var filter = TerminalFilter(isTerminal: true)
            let pieces = filter.feed(Array(bytes[..<cut])) + filter.feed(Array(bytes[cut...]))
            #expect(String(decoding: pieces, as: UTF8.self) == shown, "\(cut)")
        }
        var other = TerminalFilter(isTerminal: false)
        #expect(other.feed(bytes) == bytes)
        // A sequence without an end does not swallow the log.
        var open = TerminalFilter(isTerminal: true)
        _ = open.feed(Array("\u{1B}]0;title\n".utf8))
        #expect(open.feed(Array("next".utf8)) == Array("next".utf8))
    }

    @Test("what turns text around, and bytes that are no UTF-8, are seen on a terminal and not obeyed")
    func turnedAround() {
        let turning: [Unicode.Scalar] = [
            "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}", "\u{202B}", "\u{202C}", "\u{202D}", "\u{202E}", "\u{2066}",
            "\u{2067}", "\u{2068}", "\u{2069}",
        ]
        let plain = "aé\u{200D}\u{2010}\u{202F}\u{2065}\u{206A}\u{61B}🙂\u{FFFD}"
        let cases: [(log: [UInt8], shown: String)] =
            turning.map { (Array("a\(Character($0))b\n".utf8), "a\u{FFFD}b\n") } + [
                (Array(plain.utf8), plain),
                // As one byte, too long, as a surrogate, beyond Unicode, cut off by a line, and before a sequence.
                ([0x61, 0x9B, 0x33, 0x31, 0x6D, 0x0A], "a\u{FFFD}31m\n"),
                ([0xE0, 0x82, 0x9B, 0x0A], "\u{FFFD}\u{FFFD}\u{FFFD}\n"),
                ([0xC0, 0x9B, 0x0A], "\u{FFFD}\u{FFFD}\n"), ([0xED, 0xA0, 0x80, 0x0A], "\u{FFFD}\u{FFFD}\u{FFFD}\n"),
                ([0xF5, 0x0A], "\u{FFFD}\n"), ([0xF0, 0x9F, 0x0A, 0x62], "\u{FFFD}\nb"),
                ([0xE2, 0x80, 0x1B, 0x5B, 0x6D, 0x62], "\u{FFFD}\u{1B}[mb"),
            ]
        for (log, shown) in cases {
            for cut in 0...log.count {
                var filter = TerminalFilter(isTerminal: true)
                let pieces = filter.feed(Array(log[..<cut])) + filter.feed(Array(log[cut...]))
                #expect(pieces == Array(shown.utf8), "\(log) cut at \(cut)")
            }
            var other = TerminalFilter(isTerminal: false)
            #expect(other.feed(log) == log)
        }
    }

    @Test("events are read in whatever pieces they come")
    func events() {
        let stream = Array(
            ": still here\n\nid: 5\nevent: log\ndata: {\"offset\":0,\"text\":\"a\\n\\nb\"}\n\nid: 5\nevent: end\ndata: {\"state\":\"success\"}\n\n"
                .utf8)
        for size in 1...stream.count {
            var parser = ServerEventParser()
            var events: [ServerEvent] = []
            var place = 0
            while place < stream.count {
                events += parser.feed(Array(stream[place..<min(place + size, stream.count)]))
                place += size
            }
            #expect(events.map(\.name) == ["log", "end"] && events.map(\.id) == ["5", "5"], "\(size)")
            #expect(events.first?.bytes == Array("a\n\nb".utf8) && events.last?.state == "success")
        }
    }

    @Test("a piece of a log is written as it was, also where it is no text")
    func bytes() {
        let event = ServerEvent(id: "3", name: "log", data: #"{"offset":0,"bytes":"//4K","text":"\ufffd\ufffd\n"}"#)
        #expect(event.bytes == [0xFF, 0xFE, 0x0A])
        #expect(ServerEvent(id: "3", name: "log", data: #"{"text":"\u00e9\n"}"#).bytes == Array("é\n".utf8))
        #expect(ServerEvent(id: "3", name: "end", data: #"{"state":"success"}"#).bytes == nil)
    }

    @Test("a server that answers with a page is no Kozmic: that is said at once")
    func page() async throws {
        let server = try FixedAnswer(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<p>x\n")
        defer { server.close() }
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        let client = try ServerClient(address: "http://127.0.0.1:\(server.port)", token: nil, curl: curl)
        do {
            _ = try await LogFollower(server: client, path: "log/events", query: []).run { _ in }
            Issue.record("a page was taken for a log")
        } catch let problem as ServerProblem {
            #expect(problem.description.contains("answers what this program does not understand"))
        }
        do {
            _ = try await client.stream("log", type: "text/plain")
            Issue.record("a page was taken for a log")
        } catch let problem as ServerProblem {
            #expect(problem.status == 200)
        }
        await curl.close()
        #expect(server.requests == 2)
    }

    @Test("names and messages neither move the cursor nor turn around what follows")
    func controls() {
        let text = "a\u{1B}[1mb\tc\u{202E}d\u{2066}e\u{200F}f\u{61C}g\u{9B}h👩‍💻é"
        let shown = "a\u{FFFD}[1mb\u{FFFD}c\u{FFFD}d\u{FFFD}e\u{FFFD}f\u{FFFD}g\u{FFFD}h👩‍💻é"
        #expect(text.withoutControls == shown)
    }

    @Test("builds and jobs are named as on the other commands")
    func names() throws {
        let job = try #require(BuildName(argument: "acme/widget#7/tests"))
        #expect(job.build == "projects/acme/widget/builds/7" && job.hook?.description == "tests")
        #expect(BuildName(argument: "acme/widget#7")?.hook == nil)
        for wrong in [
            "acme/widget", "acme/widget#", "acme/widget#0", "acme#7", "acme/widget#7/", "acme/widget#x", "#7",
        ] {
            #expect(BuildName(argument: wrong) == nil, "\(wrong)")
        }
    }

    @Test("a job that waits for somebody says for what; one that waits for its turn does not")
    func waiting() throws {
        let build = try #require(BuildName(argument: "acme/widget#7/tests"))
        func words(_ queue: String) throws -> String? {
            BuildText.waiting(try JSONDecoder().decode(JobDocument.Queue.self, from: Data(queue.utf8)), in: build)
        }
        #expect(try words(#"{"needsApproval":true}"#)?.contains("kozmic approve acme/widget#7 --commit SHA") == true)
        #expect(try words(#"{"fullGroup":"deploy"}"#) == "waits for a place in the group 'deploy'")
        #expect(try words(#"{"position":3}"#) == nil && BuildText.waiting(nil, in: build) == nil)
    }

    @Test("a build that waits for an approval says so, and a long name does not push the other columns away")
    func table() throws {
        func build(_ number: Int, _ more: String) throws -> BuildDocument {
            let text = """
                {"repository":"acme/widget","number":\(number),"state":"queued","ref":"r","commit":"c","message":"A change",
                "trigger":"push","trusted":true,"configCommit":"c","createdAt":"2026-01-01T00:00:00Z",\(more)}
                """
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            return try decoder.decode(BuildDocument.self, from: Data(text.utf8))
        }
        let long = String(repeating: "b", count: 200)
        let job =
            #"{"hook":"tests","title":"T","attempt":1,"state":"queued","image":"i","createdAt":"2026-01-01T00:00:00Z","#
        let waiting = try build(
            2,
            #""refName":"topic","author":"Ada","awaitsApproval":true,"jobs":[\#(job)"queue":{"needsApproval":true}}]"#)
        let queued = try build(1, #""refName":"\#(long)","author":"\#(long)","awaitsApproval":false"#)
        let rows = BuildText.table([waiting, queued])
        #expect(rows[0].contains("waits for approval") && !rows[1].contains("approval"), "\(rows)")
        let short = String(repeating: "b", count: 39) + "…"
        #expect(rows[1].contains("\(short)  -") && rows[1].contains("\(short)  A change"), "\(rows)")
        let lines = BuildText.lines(waiting)
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("waits for approval") }, "\(lines)")
    }

    @Test("a comparison of logs reads as diff has it, and leaves a terminal alone")
    func logDiff() throws {
        let log = #"{"build":2,"refName":"main","attempt":2,"state":"failure"}"#
        let old = #"{"build":1,"refName":"main\u001b[2J","attempt":1,"state":"success"}"#
        let lines = #"""
            [{"change":"same","line":7,"oldLine":5,"text":"a"},{"change":"gone","oldLine":6,"text":"b"},
            {"change":"gone","oldLine":7,"count":30},{"change":"moved","line":8,"text":"c"},
            {"change":"new","line":9,"text":"10%\r\u001b[31mred\u001b[2J\r"}]
            """#
        func document(_ hunks: String, isEqual: Bool) throws -> LogDiffText.Document {
            let text = """
                {"log":\(log),"with":\(old),"page":"http://ci/x","section":"build","isEqual":\(isEqual),"new":1,"gone":31,
                "moved":1,"leftOut":0,"oldLeftOut":12,"isCoarse":true,"more":3,"hunks":[\(hunks)]}
                """
            return try JSONDecoder().decode(LogDiffText.Document.self, from: Data(text.utf8))
        }
        let found = try document("{\"lines\":\(lines)}", isEqual: false)
        let text = LogDiffText(found, "acme/widget", "tests", isTerminal: true)
        #expect(
            text.lines == [
                "--- acme/widget#1/tests\tmain\u{FFFD}[2J, success",
                "+++ acme/widget#2/tests\tmain, failure, attempt 2",
                "@@ -5,32 +7,3 @@", " a", "-b", "-… 30 more lines", "~c", "+\u{1B}[31mred\u{1B}[0m",
            ])
        #expect(text.notes.count == 3 && text.notes[0].contains("12 lines in the middle of the older log"))
        let file = LogDiffText(found, "acme/widget", "tests", isTerminal: false)
        #expect(file.lines.last == "+\u{1B}[31mred\u{1B}[2J")
        let equal = LogDiffText(try document("", isEqual: true), "acme/widget", "tests", isTerminal: false)
        #expect(equal.lines.isEmpty && equal.notes.first?.hasPrefix("nothing differs from build #1") == true)
    }

    @Test("what the server says is in sentences")
    func sentences() {
        #expect(ServerProblem.sentences("nothing failed", "Look again.") == "nothing failed. Look again.")
        #expect(ServerProblem.sentences("Who are you?", "Send a token.") == "Who are you? Send a token.")
        let header = ServerProblem.sentences("No.", "Send a GitHub token: Authorization: Bearer <token>.")
        #expect(header == "No. Send a GitHub token: in KOZMIC_TOKEN, or from a file with --token-file.")
    }

    @Test("a token does not leave this machine in the clear")
    func clear() throws {
        let curl = CurlClient()
        #expect(throws: SettingProblem.self) {
            try ServerClient(address: "http://ci.example.org", token: "t", curl: curl)
        }
        #expect(throws: SettingProblem.self) {
            try ServerClient(address: "http://127.0.0.1.example.org", token: "t", curl: curl)
        }
        #expect(throws: SettingProblem.self) { try ServerClient(address: "ci.example.org", token: nil, curl: curl) }
        #expect(throws: SettingProblem.self) { try ServerClient(address: "https://ci", token: "a\nb", curl: curl) }
        for (address, token) in [("https://ci.example.org/", "t"), ("http://localhost:8080", "t"), ("http://ci", nil)] {
            _ = try ServerClient(address: address, token: token, curl: curl)
        }
    }
}
