import Curl
import Testing

@Suite("Safety", .timeLimit(.minutes(5)))
struct SafetyTests {
    @Test("no message holds the user, the password or the query of a URL")
    func messages() async throws {
        Proxies.setUp
        let client = CurlClient()
        // Nobody listens on port 9; a space and an unknown scheme are no URL for us; the last goes through the proxy.
        let urls = [
            "http://user:hunter2@127.0.0.1:9/path?token=hunter2#hunter2", "http://user:hunter2@127.0.0.1:9 9/",
            "gopher://user:hunter2@127.0.0.1:9/path?token=hunter2", "http://user:hunter2@/?token=hunter2",
            "hunter2", "file:///etc/hunter2", "http://user:hunter2@example.invalid/path?token=hunter2",
        ]
        for url in urls {
            let error = try await failure { () async throws(CurlError) in
                try await client.send(CurlRequest(url: url, timeouts: .test))
            }
            #expect([.connect, .badURL].contains(error.kind), "\(error)")
            let isPathShown = url.hasPrefix("file:")
            #expect(isPathShown || !"\(error)".contains("hunter2"), "\(error)")
            #expect(!"\(error)".contains("proxypass"), "\(error)")
        }
        await client.close()
    }

    @Test("what would break out of a request line or a header is refused")
    func injection() async throws {
        let client = CurlClient()
        let url = "http://127.0.0.1:9/"
        var requests = [
            CurlRequest(method: "GET / HTTP/1.1\r\nX:", url: url), CurlRequest(method: "", url: url),
            CurlRequest(url: url + "a\r\nX: y"), CurlRequest(url: url + "a b"), CurlRequest(url: "http://127.0.0.1\0x"),
            CurlRequest(url: url, unixSocket: "/tmp/a\0b"),
            CurlRequest(url: url, unixSocket: String(repeating: "x", count: 108)),
        ]
        for (name, value) in [("A", "b\r\nC: d"), ("A\r\nB", "c"), ("A:", "b"), ("", "b"), ("A", "b\0"), ("A b", "c")] {
            requests.append(CurlRequest(url: url, headers: [CurlHeader(name: name, value: value)]))
        }
        for request in requests {
            let error = try await failure { () async throws(CurlError) in try await client.send(request) }
            #expect(error.kind == .badURL, "\(request)")
        }
        await client.close()
    }

    @Test("a redirect shows credentials to the same host only")
    func redirect() async throws {
        let seen = Signal<TestConnection.Request>()
        try await withServer { connection in
            while let request = connection.request() {
                seen.send(request)
                connection.respond()
            }
        } test: { _, target in
            let location = target.url
            try await withServer { connection in
                while let request = connection.request() {
                    if request.target == "/away" {
                        connection.respond("302 Found", headers: ["Location: \(location)/there"])
                    } else if request.target == "/here" {
                        connection.respond("307 Temporary Redirect", headers: ["Location: /seen"])
                    } else {
                        connection.respond("200 OK", (request.headers["authorization"] ?? "nothing").utf8)
                    }
                }
            } test: { client, server in
                func request(_ path: String, follows: Bool = true, method: String = "GET") -> CurlRequest {
                    CurlRequest(
                        method: method, url: server.url + path,
                        headers: [CurlHeader(name: "Authorization", value: "Bearer hunter2")], timeouts: .test,
                        followsRedirects: follows)
                }
                #expect(try await client.send(request("/away")).status == 200)
                let other = try await seen.value()
                #expect(other.target == "/there")
                #expect(other.headers["authorization"] == nil)
                let same = try await client.send(request("/here"))
                #expect(String(decoding: same.body, as: UTF8.self) == "Bearer hunter2")
                let plain = try await client.send(request("/away", follows: false))
                #expect(plain.status == 302)
                #expect(plain.headers["location"] == location + "/there")
                #expect(try await client.send(request("/away", method: "POST")).status == 302)
            }
        }
    }

    @Test("a redirect without end, or to another protocol, is an error", arguments: ["/again", "file:///etc/passwd"])
    func badRedirect(location: String) async throws {
        try await withServer { connection in
            while connection.request() != nil {
                connection.respond("301 Moved Permanently", headers: ["Location: \(location)"])
            }
        } test: { client, server in
            let error = try await failure { () async throws(CurlError) in
                try await client.send(CurlRequest(url: server.url, timeouts: .test, followsRedirects: true))
            }
            #expect(error.kind == .transfer)
        }
    }

    @Test("a redirect that names no place is a response")
    func redirectToNowhere() async throws {
        try await withServer { connection in
            while connection.request() != nil { connection.respond("302 Found") }
        } test: { client, server in
            let request = CurlRequest(url: server.url, timeouts: .test, followsRedirects: true)
            let response = try await client.send(request)
            #expect(response.status == 302)
        }
    }

    @Test("the environment's proxy is used, unless the client is told not to")
    func proxy() async throws {
        Proxies.setUp
        let (obedient, stubborn) = (CurlClient(), CurlClient(CurlOptions(usesEnvironmentProxy: false)))
        let request = CurlRequest(url: "http://name.invalid/", timeouts: .test)
        let viaProxy = try await failure { () async throws(CurlError) in try await obedient.send(request) }
        #expect(viaProxy.kind == .connect)
        let direct = try await failure { () async throws(CurlError) in try await stubborn.send(request) }
        #expect(direct.kind == .resolve)
        await obedient.close()
        await stubborn.close()
    }
}
