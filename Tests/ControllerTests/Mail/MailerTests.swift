import Foundation
import Model
import Store
import Testing

@testable import Controller

@Suite("Mail through a real mail server", .timeLimit(.minutes(5)))
struct MailerTests {
    private static let failure = JobOutcome(
        state: .failure, exitCode: 1, reason: "build script failed with exit code 1")

    @Test("A failure and its repair are told to everybody once, in one thread")
    func failureAndRepair() async throws {
        try await PostOffice.with { office in
            try await office.build(Self.failure, log: "\u{1B}[31mred\u{1B}[0m\nassert\u{202E} failed\r\n")
            for _ in 1...3 { try await office.pass() }
            try await office.build(.success)
            for _ in 1...3 { try await office.pass() }
            let mails = try office.server.mails()
            #expect(
                mails.map(\.to) == [["team@example.org"], ["ada@example.org"]] + [
                    ["team@example.org"], ["ada@example.org"],
                ])
            let first = try #require(mails.first)
            #expect(first.from == "ci@example.org" && first.header("To") == "team@example.org")
            #expect(first.header("From") == "Kozmic CI <ci@example.org>")
            #expect(first.header("Subject") == "[acme/Widget] main: build #1 failed: Fix the flux")
            #expect(first.header("List-Id") == "acme/Widget <acme.widget-builds.ci.example.org>")
            #expect(first.header("Auto-Submitted") == "auto-generated")
            for line in [
                "https://ci.example.org/acme/Widget/builds/1", "tests: build script failed with exit code 1",
                "https://ci.example.org/acme/Widget/builds/1/jobs/tests", "    red", "    assert failed",
            ] {
                #expect(first.body.components(separatedBy: "\r\n").contains(line), "\(line) in \(first.body)")
            }
            #expect(mails[2].header("Subject") == "[acme/Widget] main: build #2 is fixed: Fix the flux")
            #expect(!mails[2].body.contains("all went wrong"))
            // One identifier for each outcome, one thread for the branch.
            #expect(mails[0].header("Message-ID") == mails[1].header("Message-ID"))
            #expect(mails[0].header("Message-ID") != mails[2].header("Message-ID"))
            #expect(Set(mails.compactMap { $0.header("References") }).count == 1)
            #expect(mails[0].header("References") == mails[0].header("In-Reply-To"))
            #expect(try await office.store.letterFigures() == LetterFigures(waiting: 0, sent: 4, gaveUp: 0))
        }
    }

    @Test("The commit that broke it is told to its author and the team, once")
    func found() async throws {
        try await PostOffice.with { office in
            try await office.build(.success)
            try await office.build(Self.failure, author: "eve@example.org")
            for _ in 1...2 { try await office.pass() }
            let sent = try office.server.mails().count
            let name = try #require(RepositoryName("acme/widget"))
            let project = try #require(try await office.store.project(name))
            let build = try #require(try await office.store.build(project.id, number: 2))
            let job = try #require(try await office.store.jobs(build.id).first)
            let good = try #require(try await office.store.goodEnds(before: job, of: build, limit: 1).first)
            let middle = String(repeating: "c", count: 40)
            func commit(_ id: String, _ parent: String) -> Bisection.Commit {
                Bisection.Commit(id: id, parents: [parent], title: "Break the flux\u{202E}", author: "Ada")
            }
            let candidates = [commit(build.commit, middle), commit(middle, good.build.commit)]
            let begun = try await office.store.startBisection(
                NewBisection(job: job, build: build, good: good, candidates: candidates, startedBy: nil))
            var probe = NewBuild(
                projectID: project.id,
                event: TriggerEvent(
                    kind: .manual, ref: build.ref, commit: middle, message: "Break the flux", authorName: "Ada",
                    authorEmail: "ada@example.org"), hooks: [job.config], trusted: true, configCommit: "config",
                pageURL: { number, _ in "https://ci.example.org/\(number)" })
            probe.isOffHead = true
            _ = try await office.store.probe(begun.report.record.id, probe)
            let claimed = try #require(try await office.store.claimNextJob())
            try await office.store.finishJob(claimed.job.id, Self.failure)
            try await office.store.finishBisection(begun.report.record.id, .found, culprits: [middle])
            try await office.restart()
            for _ in 1...3 { try await office.pass() }
            let mails = try office.server.mails().dropFirst(sent)
            #expect(mails.map(\.to) == [["team@example.org"], ["ada@example.org"]])
            let mail = try #require(mails.first)
            #expect(mail.header("Subject") == "[acme/Widget] main: ccccccc broke tests: Break the flux")
            let lines = mail.body.components(separatedBy: "\r\n")
            for line in [
                "acme/Widget: this commit broke tests on main.", "Commit  cccccccccccc  Break the flux", "Author  Ada",
                "https://ci.example.org/acme/Widget/builds/2/jobs/tests",
                "Build   https://ci.example.org/acme/Widget/builds/3/jobs/tests",
                "It passed in build #1 and failed in #2, 2 commits later. It took 1 build to find out.",
            ] {
                #expect(lines.contains(line), "\(line) in \(mail.body)")
            }
        }
    }

    @Test("A server that is down, or busy, gets the mail later and once, across restarts")
    func patience() async throws {
        try await PostOffice.with(MailRules(to: ["team@example.org"])) { office in
            office.server.stop()
            try await office.build(Self.failure)
            try await office.pass()
            try await office.pass()
            try await office.restart()
            #expect(try await office.store.letterFigures().waiting == 1)
            try await office.server.start()
            try office.server.reply(to: "data", with: "451 4.3.0 busy")
            try await office.pass()
            #expect(try office.server.mails().isEmpty)
            let waiting = try #require(try await office.store.dueLetters(now: .distantFuture, limit: 1).first)
            #expect(waiting.failures == 3)
            try office.server.reply(to: "data", with: "421 4.3.2 closing")
            try await office.pass()
            try await office.restart()
            try office.server.reply(to: "data", with: nil)
            for _ in 1...3 { try await office.pass() }
            try await office.restart()
            try await office.pass()
            #expect(try office.server.mails().map(\.to) == [["team@example.org"]])
            // The same in every try, so that whoever gets it twice can tell.
            #expect(try office.server.mails().first?.raw.utf8.elementsEqual(waiting.message) == true)
        }
    }

    @Test("A letter that waits quotes no log that somebody deleted meanwhile")
    func deletedLog() async throws {
        try await PostOffice.with { office in
            try office.server.reply(to: "rcpt-team@example.org", with: "451 4.3.0 busy")
            try await office.build(Self.failure, log: "the password is hunter2\n")
            for _ in 1...2 { try await office.pass() }
            #expect(try office.server.mails().map(\.to) == [["ada@example.org"]])
            #expect(try await office.store.letterFigures().waiting == 1)
            let name = try #require(RepositoryName("acme/widget"))
            let project = try #require(try await office.store.project(name))
            let build = try #require(try await office.store.build(project.id, number: 1))
            let job = try #require(try await office.store.jobs(build.id).first)
            try await office.store.deleteLog(job.id, by: "mona")
            try office.server.reply(to: "rcpt-team@example.org", with: nil)
            for _ in 1...3 { try await office.pass() }
            let mails = try office.server.mails()
            #expect(mails.map(\.to) == [["ada@example.org"], ["team@example.org"]])
            #expect(mails.map { $0.body.contains("hunter2") } == [true, false])
            #expect(mails.allSatisfy { $0.body.contains("tests: build script failed with exit code 1") })
            #expect(Set(mails.compactMap { $0.header("Message-ID") }).count == 1)
            #expect(Set(mails.compactMap { $0.header("Subject") }).count == 1)
            #expect(try await office.store.letterFigures() == LetterFigures(waiting: 0, sent: 2, gaveUp: 0))
        }
    }

    @Test("A letter that was due when somebody deleted the log that it quotes is not sent, but written anew")
    func deletedWhileSending() async throws {
        try await PostOffice.with(MailRules(to: ["team@example.org"])) { office in
            try office.server.reply(to: "data", with: "451 4.3.0 busy")
            try await office.build(Self.failure, log: "the password is hunter2\n")
            try await office.pass()
            // As a pass reads them, before it sends the first one.
            let letter = try #require(try await office.store.dueLetters(now: .distantFuture, limit: 1).first)
            let name = try #require(RepositoryName("acme/widget"))
            let project = try #require(try await office.store.project(name))
            let build = try #require(try await office.store.build(project.id, number: 1))
            let job = try #require(try await office.store.jobs(build.id).first)
            try await office.store.deleteLog(job.id, by: "mona")
            try office.server.reply(to: "data", with: nil)
            #expect(try await office.mailer().send(letter, office.settings))
            #expect(try office.server.mails().isEmpty)
            for _ in 1...2 { try await office.pass() }
            #expect(try office.server.mails().map { $0.body.contains("hunter2") } == [false])
            #expect(try await office.store.letterFigures() == LetterFigures(waiting: 0, sent: 1, gaveUp: 0))
        }
    }

    @Test("A failure that other jobs had says so in one line; one that is the first, or is not known, says nothing")
    func similar() async throws {
        try await PostOffice.with(MailRules(to: ["team@example.org"])) { office in
            let name = try #require(RepositoryName("acme/widget"))
            let project = try #require(try await office.store.project(name))
            try await office.store.setGitHubFacts(project.id, githubID: 7, isPrivate: true, defaultBranch: "main")
            for (branch, form) in [("main", "saw"), ("a\u{202E}b", "saw"), ("topic", "saw"), ("topic", nil)] {
                try await office.build(Self.failure, branch: branch, form: form)
                try await office.pass()
            }
            let mails = try office.server.mails()
            try #require(mails.count == 4)
            let first = try #require(try await office.store.build(project.id, number: 1)?.finishedAt)
            let day = first.formatted(.iso8601).prefix(10)
            let hint = "It was so on main before this build, in #1, so it may not be this change."
            let lines = mails.map { $0.body.components(separatedBy: "\r\n").filter { $0.contains("ended like this") } }
            #expect(
                lines == [
                    [], ["The log of another job ended like this, on \(day): #1 on main. \(hint)"],
                    [
                        "The logs of 2 other jobs ended like this, the first one on \(day): #2 on ab, #1 on main. \(hint)"
                    ],
                    [],
                ])
        }
    }

    @Test("A mailbox that does not exist is given up, and costs the others nothing")
    func refusals() async throws {
        try await PostOffice.with { office in
            try office.server.reply(to: "rcpt-team@example.org", with: "550 5.1.1 no such user")
            try await office.build(Self.failure)
            for _ in 1...3 { try await office.pass() }
            #expect(try office.server.mails().map(\.to) == [["ada@example.org"]])
            #expect(try await office.store.letterFigures() == LetterFigures(waiting: 0, sent: 1, gaveUp: 1))
        }
    }

    @Test("After a day it is given up")
    func tooLate() async throws {
        try await PostOffice.with(MailRules(to: ["team@example.org"])) { office in
            office.server.stop()
            try await office.build(Self.failure)
            try await office.pass()
            office.patience = 0
            try await office.pass()
            #expect(try await office.store.letterFigures() == LetterFigures(waiting: 0, sent: 0, gaveUp: 1))
            // What nobody looked at in time is not begun with.
            try await office.build(Self.failure)
            try await office.pass()
            #expect(try await office.store.letterFigures() == LetterFigures(waiting: 0, sent: 0, gaveUp: 1))
        }
    }

    @Test("Nobody is mailed who did not ask: other outcomes, hidden authors, a server without mail")
    func nobody() async throws {
        try await PostOffice.with(MailRules(on: [.error], to: ["author"])) { office in
            try await office.build(Self.failure)
            try await office.pass()
            let error = JobOutcome(state: .error, reason: "no image")
            for author in ["1+ada@users.noreply.github.com", "ada\r\nRCPT TO:<x@example.org>", "", nil] {
                try await office.build(error, author: author)
                try await office.pass()
            }
            try await office.build(error)
            _ = try await office.mailer(hasServer: false).pass()
            try await office.pass()
            #expect(try office.server.mails().isEmpty)
            #expect(try await office.store.letterFigures() == LetterFigures())
            try await office.build(error)
            try await office.pass()
            #expect(try office.server.mails().count == 1)
        }
    }

    @Test("A commit's message is no header, whatever is in it")
    func injection() async throws {
        try await PostOffice.with(MailRules(to: ["team@example.org"])) { office in
            let subject = "Über\u{202E}gro\u{2028}ß \u{1B}]0;title\u{07}🚀 \(String(repeating: "ß", count: 200))"
            try await office.build(
                Self.failure, message: "\(subject)\r\nBcc: x@example.org\r\n\r\n.\r\nQUIT", branch: "a\u{202E}b")
            try await office.build(Self.failure, message: "plain\rBcc: x@example.org")
            try await office.build(Self.failure, log: ".\n.\nFrom me\n= \t\n\(String(repeating: "x", count: 900))")
            for _ in 1...2 { try await office.pass() }
            let mails = try office.server.mails()
            #expect(mails.count == 3)
            for mail in mails {
                #expect(mail.to == ["team@example.org"] && mail.header("Bcc") == nil)
                #expect(mail.raw.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
                #expect(!mail.raw.contains { $0 == "\n" || $0 == "\r" })
            }
            let first = try #require(mails.first?.header("Subject"))
            #expect(first.hasPrefix("[acme/Widget] ab: build #1 failed: Übergro ß 🚀 ßß") && first.hasSuffix("ß…"))
            #expect(mails[1].header("Subject") == "[acme/Widget] main: build #2 failed: plain")
            #expect(mails[2].body.contains("\r\n    .\r\n    .\r\n    From me\r\n    = "))
        }
    }

    @Test("With a password: TLS first, then the login; a wrong one is tried again, for somebody may mend it")
    func login() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-mail-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let login = MailServer.Login(
            user: "ci", password: "hunter2 ü", certificate: "\(folder)/cert.pem", key: "\(folder)/key.pem")
        try Self.makeCertificate(login)
        try await PostOffice.with(MailRules(to: ["team@example.org"]), login: login) { office in
            office.settings.password = "wrong"
            try await office.build(Self.failure)
            try await office.pass()
            #expect(try await office.store.letterFigures().waiting == 1)
            office.settings.password = login.password
            try await office.pass()
            let mail = try #require(try office.server.mails().first)
            #expect(mail.tls && mail.authenticated)
        }
    }

    private static func makeCertificate(_ login: MailServer.Login) throws {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", login.key, "-out",
            login.certificate,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0)
    }

    @Test("A server without TLS gets nothing when TLS is asked for")
    func demandsTLS() async throws {
        try await PostOffice.with(MailRules(to: ["team@example.org"])) { office in
            office.settings.requiresTLS = true
            try await office.build(Self.failure)
            try await office.pass()
            #expect(try office.server.mails().isEmpty)
            #expect(try await office.store.letterFigures().waiting == 1)
        }
    }
}
