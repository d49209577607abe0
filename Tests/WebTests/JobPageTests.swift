import Foundation
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
}
