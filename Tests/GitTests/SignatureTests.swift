import Testing

@testable import Git

@Suite("Signatures of commits")
struct SignatureTests {
    @Test("the signature and the bytes that were signed; nothing of an unsigned commit")
    func signature() async throws {
        try await Fixture.with { fixture in
            try fixture.git("commit", "-q", "--allow-empty", "-m", "Unsigned")
            let unsigned = try fixture.git("rev-parse", "HEAD")
            try fixture.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(fixture.root)/key"])
            try fixture.git(
                "-c", "gpg.format=ssh", "-c", "user.signingKey=\(fixture.root)/key", "commit", "-q", "-S",
                "--allow-empty", "-m", "Signed\n\ngpgsig is only a word here")
            let signed = try fixture.git("rev-parse", "HEAD")
            let mirror = fixture.mirror()
            try await mirror.fetch()
            #expect(try await mirror.signature(of: unsigned) == nil)
            let found = try #require(try await mirror.signature(of: signed))
            #expect(String(decoding: found.signature, as: UTF8.self).hasPrefix("-----BEGIN SSH SIGNATURE-----\n"))
            // What is left is the commit without its header, byte for byte.
            let lines = String(decoding: try fixture.bytes("cat-file", "commit", signed), as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false)
            let begin = try #require(lines.firstIndex { $0.hasPrefix("gpgsig ") })
            let end = try #require(lines[(begin + 1)...].firstIndex { !$0.hasPrefix(" ") })
            let content = (lines[..<begin] + lines[end...]).joined(separator: "\n")
            #expect(String(decoding: found.content, as: UTF8.self) == content)
            await #expect(throws: GitError.self) { try await mirror.signature(of: String(repeating: "1", count: 40)) }
        }
    }
}
