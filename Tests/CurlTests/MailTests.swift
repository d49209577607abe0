import Curl
import Foundation
import Testing

@Suite("Mail", .timeLimit(.minutes(5)))
struct MailTests {
    /// A mail server as far as the tests need one; says what it got when the client has gone.
    private static func server(_ got: Signal<[String]>, refusing word: String = "none")
        -> @Sendable (TestConnection) -> Void
    {
        { connection in
            var lines: [String] = []
            connection.send("220 test\r\n")
            while let line = connection.line() {
                lines.append(line)
                if line.hasPrefix(word) {
                    connection.send("550 5.1.1 not here\r\n")
                } else if line.hasPrefix("EHLO") {
                    connection.send("250-test\r\n250 AUTH PLAIN\r\n")
                } else if line.hasPrefix("AUTH") {
                    connection.send("334 \r\n")
                    lines.append(connection.line() ?? "")
                    connection.send("235 welcome\r\n")
                } else if line == "DATA" {
                    connection.send("354 go on\r\n")
                    while let line = connection.line(), line != "." { lines.append(line) }
                    connection.send("250 taken\r\n")
                } else if line == "QUIT" {
                    connection.send("221 bye\r\n")
                    break
                } else {
                    connection.send("250 ok\r\n")
                }
            }
            got.send(lines)
        }
    }

    private static func mail(_ server: TestServer, _ text: String) -> CurlMail {
        CurlMail(
            url: "smtp://127.0.0.1:\(server.port)/client.test", from: "ci@example.org",
            to: ["a@example.org", "b@example.org"], message: Array(text.utf8), timeouts: .test)
    }

    @Test("a message reaches all recipients, with network line ends and stuffed dots")
    func send() async throws {
        let got = Signal<[String]>()
        try await withServer(Self.server(got)) { client, server in
            var mail = Self.mail(server, "Subject: x\n\n.dot\r\nlast\r")
            (mail.user, mail.password) = ("user", "hunter2")
            try await client.sendMail(mail)
            let lines = try await got.value()
            #expect(lines.first == "EHLO client.test")
            // The user, twice a zero byte, and the password.
            #expect(lines.contains(Data("\0user\0hunter2".utf8).base64EncodedString()))
            #expect(lines.contains("MAIL FROM:<ci@example.org>"))
            #expect(lines.contains("RCPT TO:<a@example.org>"))
            #expect(lines.contains("RCPT TO:<b@example.org>"))
            #expect(lines.suffix(6) == ["DATA", "Subject: x", "", "..dot", "last", "QUIT"])
        }
    }

    @Test("a refused recipient is an error", arguments: ["RCPT", "MAIL", "AUTH"])
    func refused(word: String) async throws {
        try await withServer(Self.server(Signal(), refusing: word)) { client, server in
            var mail = Self.mail(server, "x")
            (mail.user, mail.password) = ("user", "hunter2")
            let error = try await failure { () async throws(CurlError) in try await client.sendMail(mail) }
            #expect(error.kind == .transfer && error.reply == 550)
            #expect(!error.message.contains("hunter2"))
        }
    }

    @Test("a server that must speak TLS and does not is refused, as are addresses with commands in them")
    func demands() async throws {
        try await withServer(Self.server(Signal())) { client, server in
            var mail = Self.mail(server, "x")
            mail.requiresTLS = true
            let error = try await failure { () async throws(CurlError) in try await client.sendMail(mail) }
            #expect(error.kind == .tls)
            mail.requiresTLS = false
            mail.to = ["a@example.org>\r\nDATA"]
            let other = try await failure { () async throws(CurlError) in try await client.sendMail(mail) }
            #expect(other.kind == .badURL)
        }
    }

    @Test("a mail server that says nothing is left")
    func silent() async throws {
        try await withServer { connection in
            _ = connection.waitForClose()
        } test: { client, server in
            var mail = Self.mail(server, "x")
            mail.timeouts = CurlTimeouts(connect: .milliseconds(300), idle: .seconds(5), overall: .seconds(5))
            let error = try await failure { () async throws(CurlError) in try await client.sendMail(mail) }
            #expect(error.kind == .timeout(.connect))
        }
    }
}
