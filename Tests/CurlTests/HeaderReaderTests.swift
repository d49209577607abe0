import Testing

@testable import Curl

@Suite("Header lines")
struct HeaderReaderTests {
    private func feed(_ lines: [String], follows: Bool = false) -> (steps: [HeaderReader.Step], HeaderReader) {
        var reader = HeaderReader(followsRedirects: follows)
        let steps = lines.map { line in Array((line + "\r\n").utf8).withUnsafeBytes { reader.take($0) } }
        return (steps, reader)
    }

    @Test("a redirect's block is held back until it is known whether another one comes")
    func redirects() {
        var (steps, reader) = feed(["HTTP/1.1 302 Found", "Location: /x", ""], follows: true)
        #expect(steps == [.more, .more, .more])
        #expect(reader.releaseRedirect()?.headers["location"] == "/x")
        #expect(reader.releaseRedirect() == nil)
        (steps, reader) = feed(["HTTP/1.1 302 Found", "A: b", "", "HTTP/2 200", "C: d", ""], follows: true)
        #expect(
            steps.last == .head(ResponseHead(status: 200, headers: CurlHeaders([CurlHeader(name: "C", value: "d")]))))
        #expect(reader.releaseRedirect() == nil)
        (steps, _) = feed(["HTTP/1.1 302 Found", ""])
        #expect(steps.last == .head(ResponseHead(status: 302)))
    }

    @Test("a response without a status is refused", arguments: ["HTTP/1.1", "HTTP/1.1 x", "HTTP/1.1 20", "HTTP/ 2000"])
    func status(line: String) {
        #expect(feed([line]).steps == [.problem("the response has no status")])
    }

    @Test("too many lines are refused")
    func bounds() {
        let many = feed(["HTTP/1.1 200 OK"] + Array(repeating: "A: b", count: HeaderReader.maximumLines)).steps
        #expect(many.dropLast().allSatisfy { $0 == .more })
        #expect(many.last != .more)
    }

    @Test("no bytes make it fail, and it gives one head at most", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) {
        var random = Seeded(state: seed)
        let pieces = [
            "HTTP/1.1 200 OK", "HTTP/", "1.1 ", "100 ", "302 ", ":", " ", "\t", "\r", "\n", "A: b", "\u{0}", "é",
        ]
        for _ in 0..<500 {
            var reader = HeaderReader(followsRedirects: Bool.random(using: &random))
            var heads = 0
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                var line = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }.joined().utf8.map { $0 }
                if Bool.random(using: &random) { line.append(UInt8.random(in: 0...255, using: &random)) }
                if case .head = line.withUnsafeBytes({ reader.take($0) }) { heads += 1 }
            }
            if reader.releaseRedirect() != nil { heads += 1 }
            #expect(heads <= 1)
        }
    }
}

/// A generator whose numbers a failure can be repeated with.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
