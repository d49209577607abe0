import Curl
import Synchronization
import Testing

@Suite("Bodies of requests", .timeLimit(.minutes(5)))
struct UploadTests {
    /// Answers with the body's size and how it was announced.
    private static func echo(_ connection: TestConnection) {
        while let request = connection.request() {
            let isEqual = isSame(request.body, pattern(request.body.count))
            let announced = request.headers["content-length"] ?? request.headers["transfer-encoding"] ?? "nothing"
            let type = request.headers["content-type"] ?? "-"
            connection.respond("200 OK", "\(request.body.count) \(isEqual) \(announced) \(type)".utf8)
        }
    }

    @Test(
        "bytes are sent with their length and without an invented type",
        arguments: ["POST", "PUT", "PATCH", "GET"], [0, 5, 3_000_000])
    func bytes(method: String, count: Int) async throws {
        try await withServer(Self.echo) { client, server in
            let response = try await client.send(
                CurlRequest(method: method, url: server.url, body: .bytes(pattern(count)), timeouts: .test))
            #expect(String(decoding: response.body, as: UTF8.self) == "\(count) true \(count) -")
        }
    }

    @Test("a POST without a body says so, a GET does not", arguments: [("POST", "0"), ("GET", "nothing")])
    func noBody(method: String, announced: String) async throws {
        try await withServer(Self.echo) { client, server in
            let response = try await client.send(CurlRequest(method: method, url: server.url, timeouts: .test))
            #expect(String(decoding: response.body, as: UTF8.self) == "0 true \(announced) -")
        }
    }

    @Test("a sequence is streamed, with and without a length", arguments: [true, false])
    func stream(isLengthKnown: Bool) async throws {
        let all = pattern(5_000_000)
        let sizes = [1, 0, 70_000, 300_000, 3, 1_000_000]
        var chunks: [[UInt8]] = []
        var start = 0
        while start < all.count {
            let end = min(all.count, start + sizes[chunks.count % sizes.count])
            chunks.append(Array(all[start..<end]))
            start = end
        }
        try await withServer(Self.echo) { client, server in
            let length = isLengthKnown ? Int64(all.count) : nil
            let response = try await client.send(
                CurlRequest(
                    method: "PUT", url: server.url,
                    headers: [
                        CurlHeader(name: "Content-Type", value: "application/x-tar"),
                        CurlHeader(name: "Content-Length", value: "7"),
                    ], body: .stream(length: length, Chunks(chunks)), timeouts: .test))
            let announced = isLengthKnown ? "5000000" : "chunked"
            #expect(String(decoding: response.body, as: UTF8.self) == "5000000 true \(announced) application/x-tar")
        }
    }

    @Test("a source that fails, or has another length, ends the request", arguments: [5, 7, nil])
    func wrongSource(length: Int64?) async throws {
        // Not before there is a connection, which then has to end.
        let (connected, closed) = (Signal<Bool>(), Signal<Bool>())
        try await withServer { connection in
            connected.send(true)
            closed.send(connection.waitForClose())
        } test: { client, server in
            let source = Chunks(
                [[1, 2, 3], [4, 5, 6]], ending: length == nil ? .failing : .normal, after: connected)
            let error = try await failure { () async throws(CurlError) in
                try await client.send(
                    CurlRequest(
                        method: "POST", url: server.url, body: .stream(length: length, source), timeouts: .test))
            }
            #expect(error.kind == .upload)
            if length == nil { #expect(error.message.contains("disk on fire")) }
            #expect(try await closed.value())
        }
    }

    @Test("a source is not drained by a server that reads nothing, and the request can be cancelled then")
    func backPressure() async throws {
        let isStuck = Signal<Bool>()
        let closed = Signal<Bool>()
        try await withServer { connection in
            _ = connection.head()
            connection.rest(milliseconds: 300)
            isStuck.send(true)
            closed.send(connection.waitForClose())
        } test: { client, server in
            let source = Chunks(Array(repeating: pattern(1 << 20), count: 1000))
            let request = CurlRequest(
                method: "POST", url: server.url, body: .stream(length: nil, source), timeouts: .test)
            let task = Task { () async throws(CurlError) in try await client.send(request) }
            _ = try await isStuck.value()
            #expect(source.taken.load(ordering: .relaxed) < 24)
            task.cancel()
            #expect(try await failure(of: task).kind == .cancelled)
            #expect(try await closed.value())
        }
    }

    @Test("a source that stalls is cancelled with its request")
    func stallingSource() async throws {
        let asked = Signal<Bool>()
        try await withServer { connection in
            _ = connection.head()
            _ = connection.line()
            asked.send(true)
            _ = connection.waitForClose()
        } test: { client, server in
            let source = Chunks([[1]], ending: .stalling)
            let request = CurlRequest(
                method: "POST", url: server.url, body: .stream(length: nil, source), timeouts: .test)
            let task = Task { () async throws(CurlError) in try await client.send(request) }
            _ = try await asked.value()
            task.cancel()
            #expect(try await failure(of: task).kind == .cancelled)
            #expect(try await source.cancelled.value())
        }
    }
}
