import Foundation
import Testing

@testable import kozmic

/// What people get in their mailboxes.
@Suite("Mail about builds", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct MailTests {
    private struct Mail: Decodable {
        var to: [String]
        var headers: [[String]]
        var body: String

        var subject: String { headers.first { $0.first == "Subject" }?.last ?? "" }
    }

    @Test("A failure and its repair are mailed, though the mail server comes late and the controller is killed")
    func mailed() async throws {
        var setup = World.Setup()
        setup.serves = false
        var files = Project.file("#!/bin/sh\necho \"the code is $(cat code)\"\nexit \"$(cat code)\"")
        files["kozmic.yaml"] = "notify: {email: {to: [team@example.org]}}\n"
        try await World.with(files, setup) { world in
            let port = try FreePort.find()
            let flags = ["--smtp-url", "smtp://127.0.0.1:\(port)", "--mail-from", "ci@example.org"]
            try await world.serve(flags)
            try await world.expect(try await world.push(["code": "3"], message: "Brëak it"), "failure")
            try await world.client.eventually("a mail server that is missed") {
                world.controllerLog.contains("mail about a build was not taken; it is tried again") ? true : nil
            }
            await world.kill()
            let server = Program()
            let script = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../Support/mail-server.py").standardized.path
            try server.start(
                ["/usr/bin/python3", script, "\(world.folder)/mail", "\(port)"], log: "\(world.folder)/mail-server.log")
            try await world.serve(flags)
            try await world.expect(try await world.push(["code": "0"], message: "Mend it"), "success")
            let mails = try await world.client.eventually("two mails") { () -> [Mail]? in
                let text = FileManager.default.contents(atPath: "\(world.folder)/mail/mails.jsonl") ?? Data()
                let mails = try text.split(separator: 0x0A).map { try JSONDecoder().decode(Mail.self, from: $0) }
                return mails.count < 2 ? nil : mails
            }
            await server.end(SIGTERM)
            #expect(mails.count == 2 && mails.allSatisfy { $0.to == ["team@example.org"] })
            let failed = try #require(mails.first { $0.subject.contains("failed") })
            #expect(failed.subject == "[\(world.repository)] main: build #1 failed: Brëak it")
            #expect(failed.body.contains("    the code is 3\r\n"))
            #expect(failed.body.contains("/\(world.repository)/builds/1/jobs/tests\r\n"))
            #expect(mails.contains { $0.subject == "[\(world.repository)] main: build #2 is fixed: Mend it" })
        }
    }
}
