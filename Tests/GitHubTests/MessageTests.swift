import Curl
import Foundation
import SeededRandom
import Testing

@testable import GitHub

@Suite struct MessageTests {
    private func client() -> GitHubClient {
        GitHubClient(
            apiURL: "https://api.github.com", token: GitHubToken(Fixture.token),
            curl: CurlClient(CurlOptions(usesEnvironmentProxy: false)))
    }

    private func error(_ status: Int, _ body: String) -> GitHubError {
        client().error(
            CurlResponse(status: status, body: Array(body.utf8)), for: GitHubRequest("POST", "/repos/acme/widget/hooks")
        )
    }

    @Test(
        "a refusal is told in GitHub's words, with the reasons",
        arguments: [
            (
                #"{"message":"Validation Failed","errors":[{"resource":"Hook","code":"custom","message":"Hook already exists on this repository"}],"documentation_url":"https://docs","status":"422"}"#,
                "Validation Failed: Hook already exists on this repository"
            ),
            (
                #"{"message":"Validation Failed","errors":[{"resource":"Hook","code":"invalid","field":"name"}],"status":422}"#,
                "Validation Failed: Hook.name: invalid"
            ),
            (#"{"message":"No","errors":["one","two","one"]}"#, "No: one; two"),
            (#"{"message":"No","errors":"alone"}"#, "No: alone"),
            (#"{"message":"No commit found for SHA: abc"}"#, "No commit found for SHA: abc"),
            (
                #"{"message":"For 'properties/events',\n\nnil is not an array.","errors":null}"#,
                "For 'properties/events', nil is not an array."
            ),
            (#"{"errors":[{"code":7,"field":null}]}"#, "the answer was 422: not valid"),
            (#"{"message":17}"#, "the answer was 422"), ("[]", "the answer was 422: []"), ("", "the answer was 422"),
            ("no healthy upstream", "the answer was 422: no healthy upstream"),
            ("<html>no</html>", "the answer was 422"),
        ])
    func messages(body: String, message: String) {
        let error = error(422, body)
        #expect(error.message == message)
        guard case .validation = error.kind else {
            Issue.record("not a validation: \(error.kind)")
            return
        }
        #expect(error.description == "POST /repos/acme/widget/hooks: \(message)")
    }

    @Test("messages are bounded, one line, and never hold the token")
    func bounded() {
        let long = String(repeating: "x\n", count: 100_000)
        let many = Array(repeating: #"{"message":"\#(String(repeating: "y", count: 5000))"}"#, count: 500)
        let body = #"{"message":"\#(long.replacing("\n", with: "\\n"))","errors":[\#(many.joined(separator: ","))]}"#
        let error = error(422, body)
        #expect(error.message.count < 8000)
        #expect(!error.message.contains("\n"))
        let echo = self.error(500, "bad header Authorization: Bearer \(Fixture.token)")
        #expect(echo.message == "the answer was 500: bad header Authorization: Bearer ********")
        #expect(!"\(GitHubToken(Fixture.token))\(client())".contains(Fixture.token))
        var dumped = ""
        dump(client(), to: &dumped)
        #expect(!dumped.contains(Fixture.token))
    }

    @Test(
        "the next page is found wherever it stands",
        arguments: [
            (#"<https://a/1?a=1,2>; rel="prev", <https://a/2;x>; rel="next""#, "https://a/2;x"),
            (#"<https://a/1>; title="a, b"; REL=next"#, "https://a/1"),
            (#"<https://a/1>; rel="last next""#, "https://a/1"),
            (#"<https://a/1>; rel="nextish""#, nil), ("<https://a/1", nil), ("", nil), ("<>; rel", nil),
        ] as [(String, String?)])
    func links(header: String, next: String?) {
        #expect(LinkHeader.next(in: header) == next)
    }

    @Test(
        "dates of headers",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("x", nil),
            ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int?)])
    func dates(text: String, seconds: Int?) {
        #expect(HTTPDate.parse(text).map { Int($0.timeIntervalSince1970) } == seconds)
    }

    @Test("the token's host is one scheme, host and port")
    func origins() {
        let client = client()
        #expect(client.isOurs("https://API.github.com:443/x"))
        for other in [
            "http://api.github.com/x", "https://api.github.com:8443/x", "https://api.github.com.evil.org/",
            "https://api.github.com@evil.org/", "https://user@api.github.com/", "//api.github.com", "",
            "api.github.com",
        ] { #expect(!client.isOurs(other)) }
    }

    @Test("the cache is bounded in bytes and keeps what was used last")
    func cache() {
        let cache = AnswerCache(byteLimit: 10_000)
        func entry(_ number: Int) -> AnswerCache.Entry {
            AnswerCache.Entry(etag: "e\(number)", link: nil, value: number)
        }
        cache.store(entry(0), size: 900, for: "/0")
        for number in 1..<100 {
            cache.store(entry(number), size: 900, for: "/\(number)")
            #expect(cache.entry(for: "/0")?.etag == "e0")
            #expect(cache.bytes <= 10_000)
        }
        #expect(cache.entry(for: "/1") == nil)
        #expect(cache.entry(for: "/99")?.value as? Int == 99)
        cache.store(entry(7), size: 50_000, for: "/0")
        #expect(cache.entry(for: "/0") == nil)
        #expect(cache.bytes <= 10_000)
    }

    @Test("no body and no header can do harm")
    func fuzz() {
        var random = SeededGenerator(seed: 20_260_101)
        let client = client()
        let pieces = [
            #"{"message":"#, #""x""#, "null", "[", "]", "{", "}", ",", #""errors":"#, #"["a"]"#, "\u{0}", "é", "<", ">",
            "; rel=", "\"next\"", "https://", "1e999", "-1", "\\ud800", "9223372036854775808",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).compactMap { _ in
                pieces.randomElement(using: &random)
            }
            .joined()
            var bytes = Array(text.utf8)
            if !bytes.isEmpty, Bool.random(using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let header = String(decoding: bytes, as: UTF8.self)
            _ = LinkHeader.next(in: header)
            _ = Origin(header)
            let status = [401, 403, 404, 422, 429, 500].randomElement(using: &random) ?? 400
            let headers = ["Retry-After", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Date"].map {
                CurlHeader(name: $0, value: Bool.random(using: &random) ? header : "0")
            }
            let error = client.error(
                CurlResponse(status: status, headers: CurlHeaders(headers), body: bytes),
                for: GitHubRequest("GET", "/x"))
            #expect(!error.message.isEmpty && error.message.utf8.count < 20_000)
        }
    }
}
