import Curl
import Glibc
import Testing

@Suite("Timeouts", .timeLimit(.minutes(5)))
struct TimeoutTests {
    @Test("a silent server is left after the idle limit, before and within the body", arguments: [true, false])
    func idle(headersFirst: Bool) async throws {
        try await withServer { connection in
            _ = connection.request()
            if headersFirst { connection.send("HTTP/1.1 200 OK\r\n\r\nx") }
            _ = connection.waitForClose()
        } test: { client, server in
            let request = CurlRequest(url: server.url, timeouts: CurlTimeouts(idle: .milliseconds(200), overall: nil))
            let error = try await failure { () async throws(CurlError) in try await client.send(request) }
            #expect(error.kind == .timeout(.idle))
            #expect(error.message.hasSuffix("nothing moved for 200 ms"))
        }
    }

    @Test("a server that sends now and then is not idle, but its time is up in the end")
    func overall() async throws {
        try await withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send("x") { connection.rest(milliseconds: 20) }
        } test: { client, server in
            let request = CurlRequest(
                url: server.url, timeouts: CurlTimeouts(idle: .milliseconds(400), overall: .milliseconds(1200)))
            let stream = try await client.stream(request)
            let error = try await failure { () async throws(CurlError) in try await stream.all() }
            #expect(error.kind == .timeout(.overall))
        }
    }

    @Test("the idle clock stands still while the reader lets the transfer wait")
    func slowReader() async throws {
        let body = pattern(8 << 20)
        let gate = Gate()
        try await withServer { connection in
            _ = connection.request()
            connection.respond("200 OK", body)
            _ = gate.wait()
        } test: { client, server in
            let request = CurlRequest(url: server.url, timeouts: CurlTimeouts(idle: .seconds(2), overall: nil))
            let stream = try await client.stream(request)
            // Longer than the limit: the server could send all the time, if only somebody read.
            try await Task.sleep(for: .seconds(3))
            #expect(isSame(try await stream.all(), body))
            gate.open()
        }
    }

    @Test("a source that makes the transfer wait is not the server's silence")
    func slowSource() async throws {
        try await withServer { connection in
            _ = connection.head()
            _ = connection.waitForClose()
        } test: { client, server in
            let request = CurlRequest(
                method: "POST", url: server.url, body: .stream(length: nil, Chunks([[1]], ending: .stalling)),
                timeouts: CurlTimeouts(idle: .milliseconds(100), overall: .milliseconds(600)))
            let error = try await failure { () async throws(CurlError) in try await client.send(request) }
            #expect(error.kind == .timeout(.overall))
        }
    }

    @Test("an address that accepts no connection is left after the limit for connecting")
    func connect() async throws {
        Proxies.setUp
        // With its queue full the kernel drops further attempts.
        let (listener, port) = try Sockets.listen(backlog: 0)
        defer { close(listener) }
        let client = CurlClient()
        let url = "http://127.0.0.1:\(port)"
        let patient = CurlTimeouts(connect: .milliseconds(1500), idle: nil, overall: nil)
        var kinds: [CurlError.Kind] = []
        try await withThrowingTaskGroup(of: CurlError.Kind.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await failure { () async throws(CurlError) in
                        try await client.send(CurlRequest(url: url, timeouts: patient))
                    }.kind
                }
            }
            while kinds.isEmpty, let kind = try await group.next() { kinds.append(kind) }
            group.cancelAll()
        }
        #expect(kinds == [.timeout(.connect)])
        await client.close()
    }
}
