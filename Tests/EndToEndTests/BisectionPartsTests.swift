import Curl
import Foundation
import Testing
import Web

@testable import kozmic

/// What `kozmic bisect` prints, and how it waits; no engine is needed.
@Suite("The client's search for a commit")
struct BisectionPartsTests {
    /// What the server answers.
    private static func answer(
        _ state: String, left: Int = 7, probes: String = "", culprits: String = "", reason: String? = nil
    ) -> String {
        let reason = reason.map { #""reason":"\#($0)","# } ?? ""
        let end = state == "running" ? "" : #""finishedAt":"2026-11-30T10:05:00Z","#
        return """
            {"state":"\(state)","ref":"refs/heads/main","refName":"main","good":"9999999999","goodBuild":11,
            "bad":"1111111111","badBuild":12,"candidates":7,"left":{"count":\(left)},"probes":[\(probes)],
            "culprits":[\(culprits)],\(reason)\(end)"startedBy":"mona","startedAt":"2026-11-30T10:00:00Z",
            "page":"http://ci/acme/widget/builds/12/jobs/tests?attempt=1"}
            """
    }

    private static func probe(_ build: Int, _ commit: String, _ state: String) -> String {
        #"{"build":\#(build),"commit":"\#(commit)","state":"\#(state)","page":"http://ci/x"}"#
    }

    private static func commit(_ id: String, _ title: String, _ author: String = "Mona") -> String {
        #"{"id":"\#(id)","title":"\#(title)","author":"\#(author)","url":"https://github.com/acme/widget/commit/\#(id)"}"#
    }

    private static func document(_ answer: String) throws -> BisectionDocument {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(BisectionDocument.self, from: Data(answer.utf8))
    }

    @Test("each build is told once, when it has ended, and how things stand names what is being built")
    func progress() throws {
        var progress = BisectionProgress(repository: "acme/widget")
        let first = Self.probe(13, "5d0c1f2aaaa", "success")
        let begun = try Self.document(Self.answer("running"))
        #expect(progress.opening(begun) == ["7 commits on main since acme/widget#11 passed"])
        #expect(progress.news(begun) == [] && BisectionProgress.standing(begun) == ["looking: 7 of 7 commits left"])
        let running = Self.probe(14, "91ab37ebbbb", "running")
        let going = try Self.document(Self.answer("running", left: 3, probes: "\(first),\(running)"))
        #expect(progress.news(going) == ["acme/widget#13  5d0c1f2  \(BuildText.coloured("success"))"])
        #expect(progress.news(going) == [])
        #expect(
            BisectionProgress.standing(going) == [
                "looking: 3 of 7 commits left, building 91ab37e in #14 (running)"
            ])
        let failed = Self.probe(14, "91ab37ebbbb", "failure")
        let found = try Self.document(
            Self.answer(
                "found", left: 1, probes: "\(first),\(failed)",
                culprits: Self.commit("91ab37ebbbb", #"Cut\u001b[2J twice"#)))
        #expect(progress.news(found) == ["acme/widget#14  91ab37e  \(BuildText.coloured("failure"))"])
        #expect(
            BisectionProgress.standing(found) == [
                "broken by 91ab37e Cut\u{FFFD}[2J twice, by Mona", "https://github.com/acme/widget/commit/91ab37ebbbb",
            ])
    }

    @Test("what ended otherwise says why, and names what is left, without what a terminal would obey")
    func otherwise() throws {
        let two = "\(Self.commit("aaaaaaaaaa", "One")),\(Self.commit("bbbbbbbbbb", "Two", ""))"
        let narrowed = try Self.document(
            Self.answer("narrowed", left: 2, culprits: two, reason: #"The others say\u202e nothing."#))
        #expect(
            BisectionProgress.standing(narrowed) == [
                "broken by one of 2 commits: The others say\u{FFFD} nothing.", "  aaaaaaa One, by Mona",
                "  bbbbbbb Two, by unknown",
            ])
        let elsewhere = try Self.document(Self.answer("elsewhere", reason: "It fails by now."))
        #expect(BisectionProgress.standing(elsewhere) == ["broken by none of the commits: It fails by now."])
        let stopped = try Self.document(Self.answer("stopped", reason: "stopped by mona"))
        #expect(BisectionProgress.standing(stopped) == ["no answer: stopped by mona"])
        #expect(stopped.isOver && narrowed.isOver)
        #expect(try !Self.document(Self.answer("running")).isOver)
    }

    private static func body(_ text: String, _ status: String = "200 OK") -> String {
        """
        HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\
        Connection: close\r\n\r\n\(text)
        """
    }

    private func follow(_ server: FixedAnswer, _ take: (BisectionDocument) -> Void) async throws -> BisectionDocument {
        let curl = CurlClient(CurlOptions(usesEnvironmentProxy: false))
        let client = try ServerClient(address: "http://127.0.0.1:\(server.port)", token: nil, curl: curl)
        let follower = BisectionFollower(server: client, path: "bisection", query: [], pause: .milliseconds(1))
        let result: Result<BisectionDocument, any Error>
        do {
            result = .success(try await follower.run(try Self.document(Self.answer("running")), take))
        } catch {
            result = .failure(error)
        }
        await curl.close()
        return try result.get()
    }

    @Test("a search is asked for until it is over")
    func following() async throws {
        let end = Self.answer("stopped", reason: "Enough.")
        let server = try FixedAnswer(Self.body(end))
        defer { server.close() }
        var taken: [String] = []
        let last = try await follow(server) { taken.append($0.state) }
        #expect(last.state == "stopped" && taken == ["stopped"] && server.requests == 1)
    }

    @Test("a search that is gone is told at once; a server that is in trouble is asked again, a few times")
    func trouble() async throws {
        let problem = #"{"error":"x","message":"There is no search.","wayOut":"Begin one."}"#
        for (status, requests) in [("404 Not Found", 1), ("503 Service Unavailable", 12)] {
            let server = try FixedAnswer(Self.body(problem, status))
            defer { server.close() }
            do {
                _ = try await follow(server) { _ in Issue.record("there was nothing to take") }
                Issue.record("it ended without an error")
            } catch let problem as ServerProblem {
                #expect(problem.description == "There is no search. Begin one.")
            }
            #expect(server.requests == requests, "\(status)")
        }
    }
}
