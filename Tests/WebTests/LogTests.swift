import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite struct LogTests {
    @Test("the raw log is served whole and in ranges")
    func raw() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            try await site.run(log: "<b>0123456789</b>")
            let path = "/acme/widget/builds/1/jobs/tests/log"
            let whole = try await site.client.get(path)
            #expect(whole.text == "<b>0123456789</b>" && whole.headers["content-length"] == "17")
            #expect(whole.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(whole.headers["x-content-type-options"] == "nosniff" && whole.headers["accept-ranges"] == "bytes")
            let cases: [(String, Int, String, String?)] = [
                ("bytes=0-2", 206, "<b>", "bytes 0-2/17"), ("bytes=13-", 206, "</b>", "bytes 13-16/17"),
                ("bytes=-4", 206, "</b>", "bytes 13-16/17"), ("bytes=3-999", 206, "0123456789</b>", "bytes 3-16/17"),
                ("bytes=17-", 416, "", "bytes */17"), ("bytes=-0", 416, "", "bytes */17"),
                ("bytes=2-1", 200, whole.text, nil), ("bytes=0-1,3-4", 200, whole.text, nil),
                ("lines=1-2", 200, whole.text, nil),
                ("bytes=9223372036854775807-9223372036854775807", 416, "", "bytes */17"),
                ("bytes=0-9223372036854775807", 206, whole.text, "bytes 0-16/17"),
                ("bytes=-9223372036854775807", 206, whole.text, "bytes 0-16/17"),
            ]
            for (range, status, text, content) in cases {
                let answer = try await site.client.get(path, ["Range": range])
                #expect(answer.status == status && answer.headers["content-range"] == content, "\(range)")
                if status != 416 { #expect(answer.text == text, "\(range)") }
            }
            // A part only of what somebody has already, which no log says of itself.
            let other = try await site.client.get(path, ["Range": "bytes=0-2", "If-Range": "\"x\""])
            #expect(other.status == 200 && other.text == whole.text && other.headers["content-range"] == nil)
            let head = try await site.client.send("HEAD", path)
            #expect(head.headers["content-length"] == "17")
        }
    }

    @Test("the end of a log begins at a line and knows its number, however often it is asked while it grows")
    func excerpts() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let job = try #require(try await site.store.claimNextJob()).job
            let excerpts = LogExcerpts(site.store.logs, LogIndexes(site.store.logs))
            let writer = try await site.store.logs.writer(job.id)
            var random = Random(seed: 9)
            var text: [UInt8] = []
            for _ in 0..<60 {
                var more: [UInt8] = []
                for _ in 0..<random.next(40) { more.append(random.next(4) == 0 ? 10 : 0x61) }
                text += more
                try await writer.append(section: 2, source: 1, more)
                try await writer.flush()
                let (limit, lines) = (1 + random.next(60), 1 + random.next(5))
                let excerpt = try await excerpts.end(of: job, limit: limit, lines: lines)
                #expect(excerpt.bytes == Array(text[Int(excerpt.start)...]))
                #expect(excerpt.bytes.count <= limit)
                #expect(excerpt.firstLine == text[..<Int(excerpt.start)].count(where: { $0 == 10 }) + 1)
                // It begins with a line, unless that line alone is longer than the limit.
                let isLine = excerpt.start == 0 || text[Int(excerpt.start) - 1] == 10
                #expect(isLine || excerpt.bytes.dropLast().allSatisfy { $0 != 10 })
                #expect(LogRows(excerpt).count <= lines)
            }
            try await writer.close()
        }
    }

    @Test("a log of many lines is shown from its end, and says so")
    func long() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project)
            let text = (1...30_000).map { "line \($0)\n" }.joined()
            try await site.run(JobOutcome(state: .failure, exitCode: 1, reason: "no"), log: text)
            let html = try await site.client.get("/acme/widget/builds/1/jobs/tests").text
            #expect(html.contains("30,000 lines") && html.contains("28,000 earlier lines"))
            #expect(html.contains(#"id="L28001""#) && !html.contains(#"id="L28000""#))
            #expect(html.contains(##"id="L30000"><a href="#L30000" data-n="30000"></a><span>line 30000</span>"##))
            let build = try await site.client.get("/acme/widget/builds/1").text
            #expect(build.contains("/acme/widget/builds/1/jobs/tests?attempt=1#L29981") && !build.contains("#L29980"))
        }
    }
}
