import Foundation
import Model
import OpenSSL
import Store
import Testing

@testable import Web

/// Prints figures: `KOZMIC_MEASURE=1 swift test --filter Measure`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["KOZMIC_MEASURE"] != nil), .serialized)
struct MeasureTests {
    private func measure(_ what: String, _ body: () async throws -> Int) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let count = try await body()
        print("\(what): \(clock.now - start), \(count)")
    }

    @Test("a thousand projects with ten builds each")
    func projects() async throws {
        try await Site.with(showsPrivate: true) { site in
            let records = try await site.declare((0..<1000).map { try Site.project("owner\($0 / 50)/project-\($0)") })
            for record in records {
                for number in 0..<10 {
                    try await site.build(record, "Change \(number)", commit: Site.commit("\(number)"))
                }
            }
            for what in ["first", "again"] {
                try await measure("overview, \(what)") { try await site.client.get("/").body.count }
            }
            try await measure("overview, failing first") { try await site.client.get("/?sort=state").body.count }
            try await site.build(records[0], "One more")
            try await measure("overview, after a change") { try await site.client.get("/").body.count }
            try await measure("sync") { try await site.client.get("/_sync").body.count }
        }
    }

    @Test("a log of 100 MB")
    func log() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let writer = try await site.store.logs.writer(job.id)
            let piece = Array(
                (0..<1000).map {
                    "2026-08-07T12:00:00Z \u{1B}[32mok\u{1B}[0m a line of some hundred characters, number \($0) of a great many, not very interesting\n"
                }.joined().utf8)
            for _ in 0..<((100 << 20) / piece.count) { try await writer.append(section: 2, source: 1, piece) }
            try await writer.close()
            try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1))
            let path = "/acme/widget/builds/1/jobs/tests"
            try await measure("log page, first") { try await site.client.get(path).body.count }
            try await measure("log page, again") { try await site.client.get(path).body.count }
            try await measure("build page") { try await site.client.get("/acme/widget/builds/1").body.count }
            try await measure("raw log") { try await site.client.get("\(path)/log").body.count }
        }
    }

    @Test("webhooks of 10 kB on eight connections")
    func webhooks() async throws {
        try await Site.with { site in
            try await site.declare([try Site.project("acme/widget")])
            let body = Array(
                #"{"a":[\#((0..<400).map { #"{"id":\#($0),"x":"yyyyy"}"# }.joined(separator: ","))]}"#.utf8)
            let secret = site.key.webhookSecret(try Site.repository("acme/widget"), try Site.hook("tests"))
            let signature = Hex.encode(HMAC.sha256(key: Array(secret.utf8), body))
            let each = 500
            try await measure("webhooks, \(body.count) bytes") {
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for connection in 0..<8 {
                        group.addTask {
                            let socket = try Connection(port: site.client.port)
                            var accepted = 0
                            for number in 0..<each {
                                let head =
                                    "POST /_hooks/acme/widget/tests HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\nX-GitHub-Delivery: \(connection)-\(number)\r\nX-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=\(signature)\r\n\r\n"
                                await socket.write(Array(head.utf8) + body)
                                let answer = try await socket.read()
                                if answer.starts(with: Array("HTTP/1.1 202".utf8)) { accepted += 1 }
                            }
                            return accepted
                        }
                    }
                    return try await group.reduce(0, +)
                }
            }
        }
    }
}
