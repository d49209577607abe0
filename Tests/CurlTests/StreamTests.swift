import Curl
import Testing

@Suite("Streams", .timeLimit(.minutes(5)))
struct StreamTests {
    @Test("the server has to wait for a reader that reads nothing, and nothing is lost")
    func backPressure() async throws {
        let total = 100 << 20
        let body = pattern(total)
        let stuck = Signal<Int>()
        try await withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let sent = connection.sendUntilStuck(body, milliseconds: 300)
            stuck.send(sent)
            connection.send(body[sent...])
        } test: { client, server in
            let stream = try await client.stream(CurlRequest(url: server.url, timeouts: .test))
            // The kernel's own buffers are a few megabytes.
            #expect(try await stuck.value() < 24 << 20)
            var iterator = stream.body.makeAsyncIterator()
            var all: [UInt8] = []
            all.reserveCapacity(total)
            while let chunk = try await iterator.next() { all += chunk }
            #expect(all.count == total)
            #expect(isSame(all, body))
        }
    }

    @Test("bytes arrive while the response is still open")
    func live() async throws {
        let gate = Gate()
        try await withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            for word in ["one", "two", "three"] where gate.wait() { connection.send(word) }
        } test: { client, server in
            let stream = try await client.stream(CurlRequest(url: server.url, timeouts: .test))
            var iterator = stream.body.makeAsyncIterator()
            for word in ["one", "two", "three"] {
                gate.open()
                #expect(try await iterator.next() == Array(word.utf8))
            }
            #expect(try await iterator.next() == nil)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test("cancelling the task ends the connection", arguments: [true, false])
    func cancellation(headersFirst: Bool) async throws {
        let asked = Signal<Bool>()
        let closed = Signal<Bool>()
        try await withServer { connection in
            _ = connection.request()
            if headersFirst { connection.send("HTTP/1.1 200 OK\r\n\r\nx") }
            asked.send(true)
            closed.send(connection.waitForClose())
        } test: { client, server in
            let request = CurlRequest(url: server.url, timeouts: .test)
            let task = Task { () async throws(CurlError) in try await client.send(request) }
            _ = try await asked.value()
            task.cancel()
            #expect(try await failure(of: task).kind == .cancelled)
            #expect(try await closed.value())
        }
    }

    @Test("dropping the body ends the connection, and the client serves on")
    func dropping() async throws {
        let closed = Signal<Bool>()
        try await withServer { connection in
            guard let request = connection.request() else { return }
            guard request.target == "/endless" else { return _ = connection.respond() }
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while connection.send(pattern(100_000)) {}
            closed.send(true)
        } test: { client, server in
            do {
                let stream = try await client.stream(CurlRequest(url: server.url + "/endless", timeouts: .test))
                for try await chunk in stream.body where !chunk.isEmpty { break }
            }
            #expect(try await closed.value())
            #expect(try await client.send(CurlRequest(url: server.url, timeouts: .test)).status == 200)
        }
    }

    @Test("a second reader is told so, and the first one is not disturbed")
    func twoReaders() async throws {
        try await withServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n")
            _ = connection.waitForClose()
        } test: { client, server in
            let stream = try await client.stream(CurlRequest(url: server.url, timeouts: .test))
            let kinds = await withTaskGroup(of: CurlError.Kind?.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        var iterator = stream.body.makeAsyncIterator()
                        do throws(CurlError) {
                            _ = try await iterator.next()
                            return nil
                        } catch {
                            return error.kind
                        }
                    }
                }
                var kinds = [await group.next() ?? nil]
                group.cancelAll()
                kinds.append(await group.next() ?? nil)
                return kinds
            }
            #expect(kinds == [.transfer, .cancelled])
        }
    }

    @Test("closing the client fails what is under way and what comes later")
    func close() async throws {
        let asked = Signal<Bool>()
        try await withServer { connection in
            _ = connection.request()
            asked.send(true)
            _ = connection.waitForClose()
        } test: { client, server in
            let request = CurlRequest(url: server.url, timeouts: .test)
            async let pending = failure { () async throws(CurlError) in try await client.send(request) }
            _ = try await asked.value()
            await client.close()
            #expect(try await pending.kind == .closed)
            let late = try await failure { () async throws(CurlError) in try await client.send(request) }
            #expect(late.kind == .closed)
            await client.close()
        }
    }

    @Test("a stream keeps its client alive")
    func droppedClient() async throws {
        let gate = Gate()
        let closed = Signal<Bool>()
        let server = try TestServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
            _ = gate.wait()
            connection.send("def")
            closed.send(connection.waitForClose())
        }
        defer { server.stop() }
        do {
            let stream = try await CurlClient().stream(CurlRequest(url: server.url, timeouts: .test))
            gate.open()
            #expect(try await stream.all() == Array("abcdef".utf8))
        }
        // The thread and with it the connection end with the last reference.
        #expect(try await closed.value())
    }
}
