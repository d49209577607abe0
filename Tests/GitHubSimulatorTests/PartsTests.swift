import OpenSSL
import Testing

@testable import GitHubSimulator

@Suite("The parts that read bytes")
struct PartsTests {
    /// A generator that gives the same numbers every time.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test("SHA-1 and both signatures agree with published vectors")
    func signatures() {
        #expect(Hex.encode(SHA1.hash(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            Hex.encode(SHA1.hash(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)))
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        // The example of GitHub's own documentation.
        #expect(
            Signature.sha256(secret: "It's a Secret to Everybody", body: Array("Hello, World!".utf8))
                == "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
        #expect(
            Signature.sha1(secret: "key", body: Array("The quick brown fox jumps over the lazy dog".utf8))
                == "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9")
    }

    @Test("every JSON value reads back as it was written")
    func json() throws {
        var random = Seeded(state: 7)
        func value(_ depth: Int) -> JSON {
            switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &random) {
            case 0: return .null
            case 1: return .bool(Bool.random(using: &random))
            case 2: return .int(Int64.random(in: .min ... .max, using: &random))
            case 3: return .double(Double.random(in: 0..<1, using: &random) + 0.5)
            case 4:
                let scalars = (0..<5).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x2FFF, using: &random)) }
                return .string(String(String.UnicodeScalarView(scalars)))
            case 5: return .array((0..<3).map { _ in value(depth + 1) })
            default: return .object((0..<3).map { .init(name: "k\($0)\"\n", value: value(depth + 1)) })
            }
        }
        for _ in 0..<300 {
            let original = value(0)
            #expect(try JSON(reading: Array(original.encoded.utf8)) == original)
        }
    }

    @Test("header lines of the backend are cut off wherever the pieces end")
    func head() throws {
        let text = Array("Expires: never\r\nContent-Type: x\r\n\r\nbody\r\n\r\nmore".utf8)
        for cut in 0...text.count {
            var head = BackendExchange.CGIHead()
            var body: [UInt8] = []
            for piece in [text[..<cut], text[cut...]] { body += try head.content(of: Array(piece)) ?? [] }
            #expect(String(decoding: body, as: UTF8.self) == "body\r\n\r\nmore")
        }
        var refused = BackendExchange.CGIHead()
        #expect(throws: BackendExchange.Refused.self) {
            _ = try refused.content(of: Array("Status: 403 Forbidden\r\n\r\n".utf8))
        }
    }

    @Test("any bytes are read as history without a crash")
    func history() {
        var random = Seeded(state: 11)
        let alphabet: [UInt8] = [0, 0, 0, 1, 10, 65, 68, 77, 97, 255]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            _ = GitRunner.entries(bytes)
        }
    }

    @Test(
        "fault patterns",
        arguments: [
            ("/repos/*/*", "/repos/a/b", true), ("/repos/*/*", "/repos/a/b/hooks", false),
            ("/repos/**", "/repos/a/b/hooks", true), ("/**", "/", true), ("/user", "/users", false),
            ("/repos/*/*/statuses/*", "/repos/a/b/statuses/c", true),
        ])
    func patterns(pattern: String, path: String, isMatch: Bool) {
        #expect(Fault.matches(pattern: pattern, path: path) == isMatch)
    }
}
