import Foundation
import Model
import Store
import Testing

@testable import Web

@Suite("The page of a job")
struct JobPageTests {
    @Test(
        "an image is told by the beginning of its digest, whatever its name is",
        arguments: [
            ("debian@sha256:0123456789abcdef0123456789abcdef", "sha256:0123456789ab"),
            ("registry.example.org:5000/team/image@sha256:0123456789abcdef", "sha256:0123456789ab"),
            ("sha256:0123456789abcdef", "sha256:0123456789ab"), ("", ""),
        ])
    func digest(image: String, shown: String) { #expect(JobPage.shortDigest(image) == shown) }

    @Test("a job's time is told by what it was spent on, its pull included")
    func times() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            try await site.build(project, "One")
            var job = try #require(try await site.store.claimNextJob()).job
            let start = Date(timeIntervalSince1970: 1_700_000_000)
            job.startedAt = start
            job.finishedAt = start + 100
            let logs = LogExcerpts(site.store.logs, LogIndexes(site.store.logs))
            #expect(try await JobTimes(job, logs).text == nil)
            job.pullStartedAt = start + 1
            #expect(try await JobTimes(job, logs).text == "prepare 1 s · pull 1 m 39 s", "the image never came")
            job.pullEndedAt = start + 41
            #expect(try await JobTimes(job, logs).text == "prepare 1 m · pull 40 s")
            #expect(try await JobTimes(job, logs).parts.map(\.kind) == [.prepare, .pull, .prepare])
        }
    }

    @Test(
        "a job that failed names the others that failed like it, as text, and the one on the default branch before it")
    func similar() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget")])[0]
            let failure = JobOutcome(state: .failure, exitCode: 1, reason: "build script failed with exit code 1")
            var jobs: [JobRecord] = []
            for ref in [GitRef.branch("main"), .branch("x<b>y"), .branch("topic")] {
                try await site.build(project, "On \(ref)", ref: ref)
                jobs.append(try await site.run(failure, log: "FAILED\n", seconds: 60, form: "saw"))
            }
            try await site.build(project, "Good")
            try await site.run(log: "FAILED\n", form: "saw")
            func page(_ number: Int) async throws -> String {
                try await site.client.get("/acme/widget/builds/\(number)/jobs/tests?part=head").text
            }
            func job(_ number: Int) async throws -> JobDocument {
                try await site.api(JobDocument.self, "/projects/acme/widget/builds/\(number)/jobs/tests")
            }
            let first = try await page(1)
            #expect(first.contains("The logs of 2 other jobs ended like this, the first one <time"))
            #expect(!first.contains("may not be this change"))
            let last = try await page(3)
            for words in [
                #"<a href="/acme/widget/builds/2/jobs/tests?attempt=1">#2</a> on x&lt;b&gt;y, "#,
                #"<a href="/acme/widget/builds/1/jobs/tests?attempt=1">#1</a> on main. It was so on main before"#,
            ] { #expect(last.contains(words), "\(words)") }
            #expect(last.contains("this build, in #1, so it may not be this change.</p>"))
            let similar = try #require(try await job(3).similarFailures)
            #expect(similar.count == 2 && !similar.hasMore && similar.onDefaultBranch?.build == 1)
            #expect(similar.latest.map(\.build) == [2, 1] && similar.latest.map(\.refName) == ["x<b>y", "main"])
            #expect(similar.latest[0].page == "http://ci.example.org/acme/widget/builds/2/jobs/tests?attempt=1")
            let build = try await site.api(BuildDocument.self, "/projects/acme/widget/builds/3")
            #expect(build.jobs?.first?.similarFailures == nil)

            #expect(try await !page(4).contains("ended like this"))
            #expect(try await job(4).similarFailures == nil)
            try await site.store.deleteLog(jobs[1].id, by: "mona")
            #expect(try await page(3).contains("The log of another job ended like this, <time"))
            #expect(try await !page(2).contains("ended like this"))
            try await site.store.deleteLog(jobs[0].id, by: "mona")
            #expect(try await !page(3).contains("ended like this"))
            #expect(try await job(3).similarFailures == nil)
        }
    }
}
