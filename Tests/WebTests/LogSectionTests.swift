import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite struct LogSectionTests {
    private struct Answer: Decodable {
        struct Section: Decodable {
            var kind: String
            var html: String?
            var header: Int
            var last: Int
            var seconds: Double?
            var isDone: Bool
        }
        var sections: [Section]
        var ends: [Int]
        var lines: [String] {
            sections.map {
                "\($0.kind) \($0.header)-\($0.last)\($0.isDone ? "" : " open")\($0.html.map { " " + $0 } ?? "")"
            }
        }
    }

    static let pieces: [(section: UInt8, text: String)] = [
        (0, "Using image x\nPulling it\nPulled in 1 s\nRunning the install script\n"),
        (1, "one\n::group::Fetch \u{1B}[31mred\u{1B}[0m <b>\ntwo\nthree\n::endgroup::\nfour\n"),
        (0, "Install script finished in 2 s, committed as y\nRunning the build script\n"),
        (2, "not ::group::this\n::group::Compile\na.c\nb.c\n::group::Link\nall\nx\n"), (0, "Build script failed\n"),
    ]

    static func write(_ site: Site, _ job: Int64) async throws {
        let writer = try await site.store.logs.writer(job)
        for piece in pieces {
            try await writer.append(section: piece.section, source: 1, Array(piece.text.utf8))
            try await writer.flush()
        }
        try await writer.close()
    }

    @Test("what was prepared, installed and built, and the groups of scripts, are known by their lines")
    func sections() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            try await Self.write(site, job.id)
            let path = "/acme/widget/builds/1/jobs/tests/log/sections"
            func ask() async throws -> Answer {
                try JSONDecoder().decode(Answer.self, from: Data(try await site.client.get(path).body))
            }
            let live = try await ask()
            #expect(
                live.lines == [
                    "prepare 1-3", "install 4-10", "build 12-19 open",
                    "group 6-9 Fetch <span class=\"f1\">red</span> &lt;b&gt;",
                    "group 14-16 Compile", "group 17-19 open Link",
                ])
            #expect(live.ends == [9])
            #expect(live.sections[2].seconds != nil && live.sections[1].seconds != nil)
            try await site.store.finishJob(job.id, JobOutcome(state: .failure, exitCode: 1, reason: "no"))
            #expect(try await ask().lines == live.lines)
            // The second answer of a finished log is the kept one.
            #expect(try await ask().lines == live.lines)
        }
    }

    @Test("a log that grows is read once, however many look at it")
    func growing() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let (scan, index) = (GroupScan(), LogIndex(site.store.logs, job.id))
            let writer = try await site.store.logs.writer(job.id)
            try await writer.append(section: 0, source: 1, Array("Running the build script\n".utf8))
            for number in 1...20 {
                let text = "::group::\(number)\n\(String(repeating: "words\n", count: 50))::endgroup::\n"
                try await writer.append(section: 2, source: 1, Array(text.utf8))
                try await writer.flush()
                let log = site.store.logs.reader(job.id)
                let answers = try await withThrowingTaskGroup(of: LogSections.self) { group in
                    for _ in 0..<4 { group.addTask { try await scan.sections(job, log, index) } }
                    return try await group.reduce(into: [LogSections]()) { $0.append($1) }
                }
                for answer in answers {
                    let groups = answer.sections.filter { $0.kind == .group }
                    #expect(groups.map(\.header) == (0..<number).map { $0 * 52 + 2 })
                    #expect(groups.map(\.last) == answer.ends && groups.allSatisfy(\.isDone))
                }
            }
            try await writer.close()
            #expect(await scan.bytesRead == (try await site.store.logs.reader(job.id).size()))
            // What is shorter than it was is another log.
            try await site.build(project, "Another")
            let other = try #require(try await site.store.claimNextJob()).job
            try await site.write(other.id, "short\n")
            let log = site.store.logs.reader(other.id)
            #expect(try await scan.sections(other, log, LogIndex(site.store.logs, other.id)).ends == [])
        }
    }

    @Test("marks of groups are found wherever the bytes are cut")
    func cuts() {
        let text = Array(
            ("::group::first\nx ::group::no\n::group:no\n::endgroup::\n:::group::no\n::group::second\r\n"
                + String(repeating: "y", count: 5_000) + "::group::no\n::group::\n::endgroup::\n::group::unfinished")
                .utf8)
        var random = Random(seed: 4)
        for _ in 0..<200 {
            var marks = GroupMarks()
            var start = 0
            while start < text.count {
                let end = min(text.count, start + 1 + random.next(random.next(4) == 0 ? 6_000 : 20))
                marks.feed(Array(text[start..<end]))
                start = end
            }
            let found = marks.marks.map { mark in
                (mark.name.map { String(decoding: $0, as: UTF8.self) } ?? "end", Int(mark.offset))
            }
            #expect(found.map(\.0) == ["first", "end", "second", "", "end"])
            for (_, offset) in found { #expect(offset == 0 || text[offset - 1] == 10) }
        }
    }

    @Test("a download is a gzip file of the whole log")
    func download() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let text = (1...60_000).map { "line \($0) \($0 &* 2_654_435_761)\n" }.joined()
            try await site.run(log: text)
            let answer = try await site.client.get("/acme/widget/builds/1/jobs/tests/log?download")
            #expect(answer.status == 200 && answer.headers["content-type"] == "application/gzip")
            #expect(answer.headers["content-disposition"] == "attachment; filename=\"widget-1-tests-1.log.gz\"")
            #expect(answer.body.count < text.utf8.count / 2)
            let file = "\(site.folder)/log.gz"
            try Data(answer.body).write(to: URL(filePath: file))
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["gzip", "-d", file]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(try String(contentsOfFile: "\(site.folder)/log", encoding: .utf8) == text)
        }
    }
}
