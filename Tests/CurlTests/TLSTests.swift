import Curl
import Testing

@Suite("TLS", .timeLimit(.minutes(5)), .enabled(if: TLSServer.program != nil))
struct TLSTests {
    @Test("a certificate counts only if it is trusted, and for its own host")
    func certificates() async throws {
        Proxies.setUp
        try await withFolder { folder in
            let server = try await TLSServer(in: folder)
            defer { server.stop() }
            let (wary, trusting) = (CurlClient(), CurlClient(CurlOptions(caFile: server.certificate)))
            let request = CurlRequest(url: "https://127.0.0.1:\(server.port)/?q=hunter2", timeouts: .test)
            let error = try await failure { () async throws(CurlError) in try await wary.send(request) }
            #expect(error.kind == .tls)
            #expect(!error.message.contains("hunter2"))
            for _ in 0..<2 {
                let response = try await trusting.send(request)
                #expect(response.status == 200)
                #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))
            }
            let other = CurlRequest(url: "https://localhost:\(server.port)/", timeouts: .test)
            #expect(try await failure { () async throws(CurlError) in try await trusting.send(other) }.kind == .tls)
            await wary.close()
            await trusting.close()
        }
    }

    @Test("a file of authorities that is not there is an error, not a reason to trust")
    func missingFile() async throws {
        let client = CurlClient(CurlOptions(caFile: "/nowhere/authorities.pem"))
        try await withFolder { folder in
            let server = try await TLSServer(in: folder)
            defer { server.stop() }
            let request = CurlRequest(url: "https://127.0.0.1:\(server.port)/", timeouts: .test)
            #expect(try await failure { () async throws(CurlError) in try await client.send(request) }.kind == .tls)
        }
        await client.close()
    }
}
