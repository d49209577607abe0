import Foundation
import Testing

@testable import Git

@Suite("Known hosts and addresses")
struct KnownHostsTests {
    private static func blob(_ type: String, _ content: UInt8) -> [UInt8] {
        [0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8) + [0, 0, 0, 1, content]
    }

    private static func line(_ hosts: String, _ key: [UInt8]) -> String {
        "\(hosts) \(KnownHosts.type(of: key)) \(Data(key).base64EncodedString())"
    }

    @Test("patterns, ports, negations, revocations and other key types are told apart")
    func verdicts() {
        let key = Self.blob("ssh-ed25519", 1)
        let other = Self.blob("ssh-ed25519", 2)
        let ecdsa = Self.blob("ecdsa-sha2-nistp256", 3)
        func check(_ text: String, host: String = "git.example.org", port: Int = 22) -> KnownHosts.Verdict {
            KnownHosts(text).check(host: host, port: port, key: key)
        }
        #expect(check("") == .unknown)
        #expect(check(Self.line("Git.Example.org", key) + " comment") == .trusted)
        #expect(check(Self.line("a,git.example.org,b", key)) == .trusted)
        #expect(check(Self.line("*.example.org", key)) == .trusted)
        #expect(check(Self.line("g?t.example.org", key)) == .trusted)
        #expect(check(Self.line("!git.example.org,*", key)) == .unknown)
        #expect(check(Self.line("git.example.org", key), port: 2222) == .unknown)
        #expect(check(Self.line("[git.example.org]:2222", key), port: 2222) == .trusted)
        #expect(check("# x\n\n" + Self.line("git.example.org", other)) == .changed)
        #expect(check(Self.line("git.example.org", other) + "\n" + Self.line("git.example.org", key)) == .trusted)
        #expect(check(Self.line("git.example.org", ecdsa)) == .otherTypes(["ecdsa-sha2-nistp256"]))
        #expect(check(Self.line("*", key) + "\n@revoked " + Self.line("*", key)) == .revoked)
        #expect(check("@cert-authority " + Self.line("*", key)) == .unknown)
    }

    @Test("SHA-1 and its HMAC give the published values")
    func digest() {
        func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
        #expect(hex(SHA1.hash([])) == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(hex(SHA1.hash(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex(SHA1.hash([UInt8](repeating: UInt8(ascii: "a"), count: 119)))
                == "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56")
        #expect(
            hex(SHA1.hmac(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
    }

    @Test("no text, key, address or pack index from outside brings the reader down")
    func fuzz() throws {
        var random = Seeded(state: 20_240_611)
        let words = [
            "|1|", "|", "@revoked", "git", ",", "*", "!", "[h]:1", "ssh-ed25519", "AAAA", "=", " ", "\n", "://", "@",
            ":",
        ]
        let path = NSTemporaryDirectory() + "kozmic-\(UUID().uuidString).idx"
        defer { try? FileManager.default.removeItem(atPath: path) }
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }.joined()
            let key = (0..<Int.random(in: 0..<40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            _ = KnownHosts(text).check(host: "h", port: 1, key: key)
            _ = try? RemoteAddress(text)
            _ = try? RemoteAddress("ssh://" + text)
        }
        for _ in 0..<50 {
            let count = Int.random(in: 0..<1100, using: &random)
            let bytes =
                [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
                + (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            try Data(bytes).write(to: URL(filePath: path))
            _ = PackIndex(path)?.objects.count
        }
    }

    @Test("addresses are taken apart as git does")
    func addresses() throws {
        let scp = try RemoteAddress("git@GitHub.com:o/r.git")
        #expect(scp.scheme == .ssh && scp.host == "github.com" && scp.port == 22 && scp.user == "git")
        let ssh = try RemoteAddress("ssh://git@[::1]:2222/o/r.git")
        #expect(ssh.host == "::1" && ssh.port == 2222)
        let web = try RemoteAddress("https://example.org/o/r@v.git")
        #expect(web.port == 443 && web.user == nil)
    }
}

/// A generator that gives the same numbers every time.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
