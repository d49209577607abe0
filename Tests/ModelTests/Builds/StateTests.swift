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
        "Durations",
        arguments: [(0, "0 s"), (59, "59 s"), (60, "1 m"), (130, "2 m 10 s"), (3840, "1 h 4 m"), (-1, "0 s")])
    func durations(seconds: Int, text: String) {
        #expect(Elapsed.text(seconds) == text)
    }
}
