import Model
import Testing

@Suite("States of builds, and what GitHub is told")
struct StateTests {
    @Test(
        "A build's state follows from its jobs",
        arguments: [
            ([.queued, .queued], .queued), ([.success, .queued], .running), ([.failure, .running], .running),
            ([.success, .failure, .error], .failure), ([.cancelled, .error], .error),
            ([.success, .cancelled], .cancelled),
            ([.success, .skipped], .success),
        ] as [([JobState], BuildState)])
    func derived(jobs: [JobState], expected: BuildState) {
        #expect(BuildState(jobs: jobs) == expected)
    }

    @Test("A description has at most 140 characters")
    func description() throws {
        let hooks = try (1...40).map { try #require(HookID("hook-\($0)")) }
        let status = CommitStatus.build(number: 7, state: .failure, failed: hooks, seconds: 0, targetURL: "")
        #expect(status.description.unicodeScalars.count == 140 && status.description.hasSuffix("…"))
        let short = CommitStatus.build(number: 7, state: .success, failed: [], seconds: 42, targetURL: "")
        #expect(short.description == "Build #7 passed in 42 s" && short.context == "Kozmic CI")
    }

    @Test(
        "Who cancelled is said once",
        arguments: [
            ("cancelled by octocat", "Build #7 was cancelled by octocat"),
            ("superseded by build #8", "Build #7 was cancelled: superseded by build #8"),
            (nil, "Build #7 was cancelled"),
        ] as [(String?, String)])
    func cancelled(reason: String?, text: String) throws {
        let build = CommitStatus.build(
            number: 7, state: .cancelled, failed: [], seconds: 0, reason: reason, targetURL: "")
        let job = CommitStatus.job(
            hook: try #require(HookID("tests")), number: 7, outcome: JobOutcome(state: .cancelled, reason: reason),
            seconds: 0, targetURL: "")
        #expect(build.description == text && job.description == text)
    }

    @Test("All hooks that were skipped are named or counted, with each reason once")
    func skipped() throws {
        let hooks = try ["docs", "fast", "slow", "lint", "e2e"].map { try #require(HookID($0)) }
        func text(_ reasons: [String?]) -> String { CommitStatus.skipped(Array(zip(hooks, reasons))) }
        #expect(text(["paths: none"]) == "docs: paths: none")
        #expect(text(["the message", "the message"]) == "docs, fast: the message")
        #expect(text(["paths", "the message", "paths"]) == "docs, slow: paths; fast: the message")
        #expect(text([nil]) == "docs: not needed")
        #expect(text(["no", "no", "no", "no", "no"]) == "docs, fast, slow and 2 more: no")
    }

    @Test(
        "Durations",
        arguments: [(0, "0 s"), (59, "59 s"), (60, "1 m"), (130, "2 m 10 s"), (3840, "1 h 4 m"), (-1, "0 s")])
    func durations(seconds: Int, text: String) {
        #expect(Elapsed.text(seconds) == text)
    }
}
