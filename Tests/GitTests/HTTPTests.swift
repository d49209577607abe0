import Foundation
import Testing

@testable import Git

@Suite("Fetching over HTTP")
struct HTTPTests {
    private static let token = GitCredentials.basic(user: "user", password: GitSecret("s3cret-token"))

    @Test("the right token opens a locked repository, is sent to it alone, and is written nowhere")
    func token() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let server = try await Server.http(fixture)
            let url = "http://127.0.0.1:\(server.port)/locked/source/.git"
            let mirror = fixture.mirror(url, Self.token)
            try await mirror.fetch()
            try fixture.commit(["a": "2"])
            try await mirror.fetch()
            #expect(await mirror.contains(commit: commit))
            #expect(try await mirror.remoteReferences().contains { $0.name == "refs/heads/main" })
            try await mirror.checkout(commit: commit, into: "\(fixture.root)/tree", origin: url)
            let secret = Data("user:s3cret-token".utf8).base64EncodedString()
            for folder in ["\(fixture.root)/mirrors", "\(fixture.root)/tree"] {
                #expect(try fixture.files(below: folder, holding: "s3cret-token").isEmpty)
                #expect(try fixture.files(below: folder, holding: secret).isEmpty)
            }
            #expect("\(Self.token)".contains("redacted") && !"\(Self.token)".contains("s3cret"))
        }
    }

    @Test("wrong and missing credentials are one failure and no endless asking")
    func refusal() async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "1"])
            let server = try await Server.http(fixture)
            let url = "http://127.0.0.1:\(server.port)/locked/source/.git"
            let wrong = GitCredentials.basic(user: "user", password: GitSecret("wr0ng-token"))
            let error = await failure { try await fixture.mirror(url, wrong).fetch() }
            #expect(error?.kind == .authentication)
            #expect(error?.message.contains("wr0ng") == false)
            #expect(await failure { try await fixture.mirror(url).fetch() }?.kind == .authentication)
            #expect(try Server.requests(fixture).filter { $0.hasSuffix(" with") }.count == 1)
            #expect(!FileManager.default.fileExists(atPath: fixture.mirrorPath))
        }
    }

    @Test("what is not there, a busy server and no server are told apart")
    func failures() async throws {
        try await Fixture.with { fixture in
            try fixture.commit(["a": "1"])
            let server = try await Server.http(fixture)
            let base = "http://127.0.0.1:\(server.port)"
            #expect(await failure { try await fixture.mirror("\(base)/open/none").fetch() }?.kind == .notFound)
            #expect(
                await failure { try await fixture.mirror("\(base)/busy/source/.git").fetch() }?.kind == .unreachable)
            let unused = try Server.freePort()
            #expect(
                await failure { try await fixture.mirror("http://127.0.0.1:\(unused)/x").fetch() }?.kind == .unreachable
            )
        }
    }

    @Test("a redirect on the same host is followed; one to another host or port never gets the token")
    func redirects() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            let trap = try await Server.http(fixture)
            let server = try await Server.http(fixture, elsewhere: trap.port)
            let base = "http://127.0.0.1:\(server.port)"
            let mirror = fixture.mirror("\(base)/moved/source/.git", Self.token)
            try await mirror.fetch()
            #expect(await mirror.contains(commit: commit))
            #expect(
                await failure { try await fixture.mirror("\(base)/away/source/.git", Self.token).fetch() }?.kind
                    == .invalid)
            #expect(
                await failure { try await fixture.mirror("\(base)/elsewhere/source/.git", Self.token).fetch() }?.kind
                    == .invalid)
            #expect(try !Server.requests(fixture).contains { $0.contains(" localhost ") || $0.contains("/locked/") })
        }
    }

    @Test("a certificate counts when the given authorities vouch for it")
    func certificates() async throws {
        try await Fixture.with { fixture in
            let commit = try fixture.commit(["a": "1"])
            try fixture.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", "server.key", "-out", "server.pem",
                ])
            let server = try await Server.http(fixture, certificate: "\(fixture.root)/server.pem")
            let url = "https://localhost:\(server.port)/locked/source/.git"
            let before = await failure { try await fixture.mirror(url, Self.token).fetch() }
            #expect(before?.kind == .hostKey)
            let mirror = fixture.mirror(url, Self.token, caFile: "\(fixture.root)/server.pem")
            try await mirror.fetch()
            #expect(await mirror.contains(commit: commit))
            let other = "https://127.0.0.1:\(server.port)/locked/source/.git"
            let wrongName = await failure {
                try await fixture.mirror(other, Self.token, caFile: "\(fixture.root)/server.pem").fetch()
            }
            #expect(wrongName?.kind == .hostKey)
            #expect(await failure { try await fixture.mirror(url, caFile: "/none.pem").fetch() }?.kind == .invalid)
            // Back to the system's authorities.
            #expect(await failure { try await fixture.mirror(url, Self.token).fetch() }?.kind == .hostKey)
        }
    }
}
