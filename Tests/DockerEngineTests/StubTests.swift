import Curl
import Synchronization
import Testing

@testable import DockerEngine

@Suite("An engine that misbehaves")
struct StubTests {
    @Test("an engine that is not there is a transport error with its address and a way out")
    func unreachable() async throws {
        try await withTemporaryFolder { folder in
            let host = "unix://\(folder)/none.sock"
            try await with(host: host) { engine in
                let error = try await #require(throws: DockerError.self) { try await engine.version() }
                #expect(error.kind == .transport)
                #expect(error.isTransient)
                #expect(error.message.contains(host) && error.message.contains("dockerd"))
            }
        }
    }

    @Test("an engine that is too old is refused, whatever is asked of it")
    func tooOld() async throws {
        try await withStub({ _ in StubServer.reply(200, StubServer.version("1.39")) }) { server in
            try await with(server) { engine in
                let error = try await #require(throws: DockerError.self) { try await engine.image("debian") }
                #expect(error.kind == .unsupported)
                #expect(server.requests == ["GET /version HTTP/1.1"])
            }
        }
    }

    @Test("the version is agreed on once, and used in every request")
    func agreedOnce() async throws {
        let answer: @Sendable (String) -> [UInt8] = { line in
            line.contains("/version")
                ? StubServer.reply(200, StubServer.version("1.60", minimum: "1.44")) : StubServer.reply(200, "[]")
        }
        try await withStub(answer) { server in
            try await with(server) { engine in
                let containers = try await engine.containers(labels: ["a": "b c", "d": nil])
                let images = try await engine.images()
                #expect(containers.isEmpty && images.isEmpty)
                let newest = DockerAPIVersion.newest
                #expect(
                    server.requests == [
                        "GET /version HTTP/1.1",
                        "GET /v\(newest)/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%20c%22%2C%22d%22%5D%7D HTTP/1.1",
                        "GET /v\(newest)/images/json HTTP/1.1",
                    ])
            }
        }
    }

    @Test("an engine that is replaced by a newer one is asked for its version again")
    func replaced() async throws {
        let old = "client version 1.41 is too old. Minimum supported API version is 1.44, please upgrade your client"
        let isNew = Mutex(false)
        let answer: @Sendable (String) -> [UInt8] = { line in
            let version = isNew.withLock { $0 } ? "1.47" : "1.41"
            if line.contains(" /version ") { return StubServer.reply(200, StubServer.version(version)) }
            return line.contains("/v\(version)/")
                ? StubServer.reply(200, "[]") : StubServer.reply(400, #"{"message":"\#(old)"}"#)
        }
        try await withStub(answer) { server in
            try await with(server) { engine in
                _ = try await engine.images()
                isNew.withLock { $0 = true }
                let error = try await #require(throws: DockerError.self) { try await engine.images() }
                #expect(error.isTransient && error.message.contains(old))
                _ = try await engine.images()
                #expect(server.requests.count == 5)
            }
        }
    }

    @Test(
        "a refusal keeps the engine's words",
        arguments: [
            (404, #"{"message":"No such container: x"}"#, DockerError(.notFound, "No such container: x")),
            (409, #"{"message":"in use"}"#, DockerError(.conflict, "in use")),
            (500, "plain trouble\n", DockerError(.http(500), "plain trouble")),
            (503, "", DockerError(.http(503), "the Docker Engine answered with status 503")),
            (301, "", DockerError(.http(301), "the Docker Engine answered with status 301")),
        ])
    func refusal(status: Int, body: String, expected: DockerError) async throws {
        try await withStub(versionOr { _ in StubServer.reply(status, body) }) { server in
            try await with(server) { engine in
                await #expect(throws: expected) { try await engine.start("x") }
                await #expect(throws: expected) { _ = try await engine.attach("x") }
            }
        }
    }

    @Test(
        "an answer that is not as promised is a decoding error that names the place",
        arguments: [
            ("<html>", "JSON"), ("{}", "Id"), (#"{"Id":"a","Name":"n","Image":"i","State":{"Status":7}}"#, "Status"),
            ("", "JSON"),
        ])
    func decoding(body: String, place: String) async throws {
        try await withStub(versionOr { _ in StubServer.reply(200, body) }) { server in
            try await with(server) { engine in
                let error = try await #require(throws: DockerError.self) { try await engine.container("x") }
                #expect(error.kind == .decoding)
                #expect(error.message.contains(place))
            }
        }
    }

    @Test("output that is cut off in the middle of a frame is an error, and what came before it is not lost")
    func cutOff() async throws {
        let frames: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69, 2, 0, 0, 0, 0, 0, 0, 9, 0x21]
        try await withStub(versionOr { _ in StubServer.reply(200, frames, type: "application/octet-stream") }) {
            server in
            try await with(server) { engine in
                var iterator = try await engine.logs("x", follow: false).makeAsyncIterator()
                #expect(try await iterator.next() == DockerFrame(.stdout, [0x68, 0x69]))
                #expect(try await iterator.next() == DockerFrame(.stderr, [0x21]))
                await #expect(throws: DockerError.self) { _ = try await iterator.next() }
                #expect(try await iterator.next() == nil)
            }
        }
    }

    @Test("a pull that the registry refuses says that a credential helper was not run")
    func helper() async throws {
        let line = #"{"errorDetail":{"message":"denied: sign in"},"error":"denied: sign in"}"# + "\n"
        let configuration = try DockerConfigFile(Array(#"{"credsStore":"desktop"}"#.utf8))
        try await withStub(versionOr { _ in StubServer.reply(200, line) }) { server in
            try await with(server) { engine in
                let image = "r.example.org/team/image:1"
                await #expect(throws: DockerError(.stream, "denied: sign in")) {
                    try await engine.pull(image, auth: nil, configuration: nil) { _ in }
                }
                let error = try await #require(throws: DockerError.self) {
                    try await engine.pull(image, auth: nil, configuration: configuration) { _ in }
                }
                #expect(error.message.hasPrefix("denied: sign in"))
                #expect(error.message.contains("docker-credential-desktop"))
                #expect(server.requests.last?.contains("fromImage=r.example.org%2Fteam%2Fimage&tag=1 ") == true)
            }
        }
    }

    private func versionOr(_ answer: @escaping @Sendable (String) -> [UInt8]) -> @Sendable (String) -> [UInt8] {
        { $0.contains(" /version ") ? StubServer.reply(200, StubServer.version("1.41")) : answer($0) }
    }

    private func with(_ server: StubServer, _ body: (DockerEngine) async throws -> Void) async throws {
        try await with(host: "unix://" + server.socketPath, body)
    }

    private func with(host: String, _ body: (DockerEngine) async throws -> Void) async throws {
        let curl = CurlClient(CurlOptions())
        let result: Result<Void, any Error>
        do { result = .success(try await body(try DockerEngine(host: host, curl: curl))) } catch {
            result = .failure(error)
        }
        await curl.close()
        try result.get()
    }
}
