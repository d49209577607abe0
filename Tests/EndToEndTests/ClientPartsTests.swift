import Curl
import Foundation
import Model
import Testing

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
            #expect(events.first?.text == "a\n\nb" && events.last?.state == "success")
        }
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

    @Test("what the server says is in sentences")
    func sentences() {
        #expect(ServerProblem.sentences("nothing failed", "Look again.") == "nothing failed. Look again.")
        #expect(ServerProblem.sentences("Who are you?", "Send a token.") == "Who are you? Send a token.")
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
