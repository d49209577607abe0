import Foundation
import Testing

@testable import Git

@Suite("Fetching over SSH")
struct SSHTests {
    @Test("an Ed25519 key opens the server whose host key is known, and nothing else does")
    func keys() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let root = fixture.root
            for name in ["key", "stranger", "otherhost"] {
                try fixture.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", "\(root)/\(name)"])
            }
            func text(_ name: String) throws -> String {
                try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
            }
            let server = try await Server.ssh(fixture, authorized: [try text("key.pub")])
            let url = "ssh://\(NSUserName())@127.0.0.1:\(server.port)\(fixture.source)"
            let key = GitSecret(try text("key"))
            let hostLine = "[127.0.0.1]:\(server.port) " + (try text("hostkey.pub"))
            func mirror(_ knownHosts: String, key: GitSecret = key, url: String = url) -> GitMirror {
                fixture.mirror(url, .ssh(user: NSUserName(), privateKey: key, knownHosts: knownHosts))
            }

            let unknown = try #require(await failure { try await mirror("# nothing\n").fetch() })
            #expect(unknown.kind == .hostKey)
            let suggested = try #require(unknown.message.components(separatedBy: "add the line: ").last)
            #expect(hostLine.hasPrefix(suggested))

            let changed = "[127.0.0.1]:\(server.port) " + (try text("otherhost.pub"))
            #expect(await failure { try await mirror(changed).fetch() }?.kind == .hostKey)
            #expect(await failure { try await mirror(hostLine + "\n@revoked " + hostLine).fetch() }?.kind == .hostKey)

            let stranger = await failure { try await mirror(hostLine, key: GitSecret(try text("stranger"))).fetch() }
            #expect(stranger?.kind == .authentication)
            let garbage = await failure { try await mirror(hostLine, key: GitSecret("not a key")).fetch() }
            #expect(garbage?.kind == .authentication)
            let missing = await failure { try await mirror(hostLine, url: url + "-none").fetch() }
            #expect(missing?.kind == .notFound)
            #expect(!FileManager.default.fileExists(atPath: fixture.mirrorPath))

            let good = mirror(suggested)
            try await good.fetch()
            #expect(await good.contains(commit: commit))
            let withoutUser = mirror(hostLine, url: "ssh://127.0.0.1:\(server.port)\(fixture.source)")
            #expect(try await withoutUser.remoteReferences().contains { $0.name == "HEAD" })
            #expect(try fixture.files(below: "\(root)/mirrors", holding: "PRIVATE KEY").isEmpty)

            // As `ssh` writes it with HashKnownHosts.
            try Data(hostLine.utf8).write(to: URL(filePath: "\(root)/known"))
            try fixture.run("ssh-keygen", ["-q", "-H", "-f", "\(root)/known"])
            let hashed = try text("known")
            #expect(hashed.hasPrefix("|1|"))
            let fresh = try fixture.commit(["a": "2"])
            let again = mirror(hashed)
            try await again.fetch()
            #expect(await again.contains(commit: fresh))
        }
    }
}
