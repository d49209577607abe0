import Curl
import Testing

@Suite("Responses", .timeLimit(.minutes(5)))
struct ResponseTests {
    @Test("status, headers and body arrive, and the connection is used again")
    func simple() async throws {
        try await withServer { connection in
            while let request = connection.request() {
                connection.respond(
                    "404 Not Found", "\(request.method) \(request.target) \(request.headers["x-test"] ?? "-")".utf8,
                    headers: ["X-Twice: one", "x-twice:  two ", "X-Empty:"])
            }
        } test: { client, server in
            for _ in 0..<3 {
                let response = try await client.send(
                    CurlRequest(
                        method: "DELETE", url: server.url + "/a/../b?c=d",
                        headers: [CurlHeader(name: "X-Test", value: "häder")], timeouts: .test))
                #expect(response.status == 404)
                #expect(String(decoding: response.body, as: UTF8.self) == "DELETE /a/../b?c=d häder")
                #expect(response.headers["X-TWICE"] == "one")
                #expect(response.headers["x-empty"] == "")
                #expect(
                    response.headers.all.filter { $0.name.lowercased() == "x-twice" }.map(\.value) == ["one", "two"])
            }
            #expect(server.accepted == 1)
        }
    }

    @Test("a Unix socket is spoken to, whatever proxy the environment names")
    func unixSocket() async throws {
        Proxies.setUp
        try await withFolder { folder in
            let path = folder + "/socket"
            let server = try TestServer(.unix(path: path)) { connection in
                while let request = connection.request() {
                    connection.respond("200 OK", "\(request.headers["host"] ?? "")\(request.target)".utf8)
                }
            }
            defer { server.stop() }
            let client = CurlClient()
            let response = try await client.send(
                CurlRequest(url: "http://engine/info", unixSocket: path, timeouts: .test))
            #expect(String(decoding: response.body, as: UTF8.self) == "engine/info")
            let error = try await failure { () async throws(CurlError) in
                try await client.send(CurlRequest(url: "http://engine/", unixSocket: folder + "/none", timeouts: .test))
            }
            #expect(error.kind == .connect)
            #expect(error.message.contains("No such file"))
            await client.close()
        }
    }

    @Test("a hundred requests at once each get their own answer")
    func concurrent() async throws {
        try await withServer { connection in
            while let request = connection.request() {
                connection.respond("200 OK", request.target.utf8)
            }
        } test: { client, server in
            let url = server.url
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let response = try await client.send(CurlRequest(url: "\(url)/\(number)", timeouts: .test))
                        #expect(String(decoding: response.body, as: UTF8.self) == "/\(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("only the last block of headers counts, and chunks are joined")
    func blocksAndChunks() async throws {
        try await withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\nHTTP/1.1 200 OK\r\n")
            connection.send("Transfer-Encoding: chunked\r\nTrailer: X-Late\r\nX-Folded: a\r\n  b\r\n\r\n")
            connection.send("3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Late: yes\r\n\r\n")
            _ = connection.waitForClose()
        } test: { client, server in
            let response = try await client.send(CurlRequest(url: server.url, timeouts: .test))
            #expect(response.status == 200)
            #expect(response.headers["x-early"] == nil)
            #expect(response.headers["x-late"] == nil)
            #expect(response.headers["x-folded"] == "a b")
            #expect(String(decoding: response.body, as: UTF8.self) == "abcdefg")
        }
    }

    @Test("a HEAD has no body, whatever length it names")
    func head() async throws {
        try await withServer { connection in
            while connection.request() != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n") }
        } test: { client, server in
            let response = try await client.send(CurlRequest(method: "HEAD", url: server.url, timeouts: .test))
            #expect(response.body.isEmpty)
            #expect(response.headers["content-length"] == "99999999")
        }
    }

    @Test("a body above the limit is refused, one at the limit is not")
    func bodyLimit() async throws {
        try await withServer { connection in
            while connection.request() != nil { connection.respond("200 OK", pattern(10_000)) }
        } test: { client, server in
            let fits = try await client.send(CurlRequest(url: server.url, timeouts: .test, bodyLimit: 10_000))
            #expect(fits.body == pattern(10_000))
            let error = try await failure { () async throws(CurlError) in
                try await client.send(CurlRequest(url: server.url, timeouts: .test, bodyLimit: 9_999))
            }
            #expect(error.kind == .bodyTooLarge(limit: 9_999))
        }
    }

    @Test("a connection that breaks off gives its bytes and then an error")
    func cut() async throws {
        try await withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        } test: { client, server in
            let stream = try await client.stream(CurlRequest(url: server.url, timeouts: .test))
            var iterator = stream.body.makeAsyncIterator()
            #expect(try await iterator.next() == Array("abc".utf8))
            let error = try await failure { () async throws(CurlError) in try await iterator.next() }
            #expect(error.kind == .transfer)
        }
    }

    @Test(
        "what is not HTTP, and headers without end, are refused", arguments: ["SSH-2.0-x\r\n\r\n", "headers", "none"])
    func nonsense(answer: String) async throws {
        try await withServer { connection in
            _ = connection.request()
            if answer == "headers" {
                connection.send("HTTP/1.1 200 OK\r\n")
                while connection.send("X-More: \(String(repeating: "x", count: 1000))\r\n") {}
            } else if answer != "none" {
                connection.send(answer)
            }
        } test: { client, server in
            let error = try await failure { () async throws(CurlError) in
                try await client.send(CurlRequest(url: server.url, timeouts: .test))
            }
            #expect(error.kind == .transfer)
        }
    }

    @Test("a kept connection that the server closed is replaced")
    func staleConnection() async throws {
        try await withServer { connection in
            if connection.request() != nil { connection.respond() }
        } test: { client, server in
            for _ in 0..<5 {
                let request = CurlRequest(method: "POST", url: server.url, body: .bytes([1, 2, 3]), timeouts: .test)
                let response = try await client.send(request)
                #expect(response.status == 200)
            }
        }
    }
}
