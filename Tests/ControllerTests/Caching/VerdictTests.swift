import Git
import Logging
import Model
import Runner
import Store
import Testing

@testable import Controller

@Suite("Verdicts that are used again", .timeLimit(.minutes(2)))
struct VerdictTests {
    /// Runs the next job in the queue.
    private func runNext(_ desk: Desk, _ executor: any Executor) async throws -> JobRecord {
        let claimed = try #require(try await desk.store.claimNextJob())
        let run = JobRun(
            configuration: desk.configuration, store: desk.store, executor: executor, mirrors: desk.mirrors,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await run.run(claimed)
        return try #require(try await desk.store.job(claimed.job.id))
    }

    private func log(_ desk: Desk, _ job: JobRecord) async throws -> String {
        String(decoding: try await desk.store.logs.reader(job.id).read(from: 0, count: 10_000), as: UTF8.self)
    }

    private func reusing(_ desk: Desk, paths: [String] = [], _ change: (inout Hook) -> Void = { _ in }) throws -> Hook {
        var hook = try desk.hook("tests", paths: paths)
        hook.reuse = .tree
        change(&hook)
        return hook
    }

    @Test("after a squash merge of a tested head, the default branch is green and nothing runs")
    func squash() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([reusing(desk)], status: .both)
            let base = try desk.push(["a": "1"])
            try desk.push(["a": "3"], branch: "topic", from: base)
            let head = try desk.push(["a": "2"], branch: "topic")
            _ = try await desk.deliver("pull_request", desk.pullRequest(head, base: base))
            let shelf = ShelfExecutor()
            #expect(try await runNext(desk, shelf).outcome == .success)

            let squashed = try desk.push(["a": "2"], branch: "main", from: base)
            #expect(squashed != head)
            _ = try await desk.deliver("push", desk.pushed(squashed, before: base))
            let reused = try await runNext(desk, shelf)
            #expect(
                reused.outcome
                    == JobOutcome(state: .success, reason: "the same tree passed in build #1"))
            #expect(shelf.runs == ["tests"])
            #expect(
                try await log(desk, reused) == "The same tree passed in build #1, so nothing is run here: "
                    + "http://ci/acme/widget/builds/1/jobs/tests\n")
            let statuses = try await desk.store.statuses(project.id, commit: squashed).map(\.wanted.description)
            #expect(statuses == Array(repeating: "Build #2 passed: the same tree passed in build #1", count: 2))

            // Who asks for it, gets it.
            let build = try #require(try await desk.store.latestBuild(project.id))
            _ = try await desk.store.rerun(build.id, reused.hook)
            #expect(try await runNext(desk, shelf).outcome == .success)
            #expect(shelf.runs.count == 2)
        }
    }

    @Test("what a bisection builds takes a verdict that there is, although it is no event's")
    func bisection() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([reusing(desk)])
            let good = try desk.push(["a": "1"])
            _ = try await desk.deliver("push", desk.pushed(good, before: nil))
            let shelf = ShelfExecutor()
            #expect(try await runNext(desk, shelf).state == .success)
            let same = try desk.push([:])
            let bad = try desk.push(["a": "2"])
            _ = try await desk.deliver("push", desk.pushed(bad, before: good))
            let no = JobOutcome(state: .failure, exitCode: 1, reason: "no")
            let failed = try await runNext(desk, ShelfExecutor(outcome: no))
            let build = try #require(try await desk.store.build(id: failed.buildID))
            let bisections = Bisections(
                configuration: desk.configuration, store: desk.store, mirrors: desk.mirrors)
            _ = try await bisections.start(failed, of: build, in: project, by: "mona")
            _ = await bisections.pass()
            let probe = try await runNext(desk, shelf)
            #expect(probe.outcome == JobOutcome(state: .success, reason: "the same tree passed in build #1"))
            #expect(shelf.runs.count == 1)
            _ = await bisections.pass()
            let report = try await desk.store.bisection(ofJob: failed.id)
            #expect(report?.record.culprits == [bad] && report?.probes.map(\.commit) == [same])
        }
    }

    @Test("what may change the outcome is a new job: the tree, the hook, the image, a failure, another trust")
    func different() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([reusing(desk)])
            var last = try desk.push(["a": "1"])
            func build(_ executor: ShelfExecutor, files: [String: String] = [:]) async throws -> JobRecord {
                let commit = try desk.push(files)
                _ = try await desk.deliver("push", desk.pushed(commit, before: last))
                last = commit
                return try await runNext(desk, executor)
            }
            let failure = ShelfExecutor(outcome: JobOutcome(state: .failure, exitCode: 1, reason: "no"))
            #expect(try await build(failure).state == .failure)
            let shelf = ShelfExecutor()
            #expect(try await build(shelf).exitCode == 0, "a failure is no verdict to keep")
            #expect(try await build(shelf).exitCode == nil)
            #expect(try await build(shelf, files: ["a": "2"]).exitCode == 0)
            #expect(try await build(ShelfExecutor(baseImage: "sha256:newer")).exitCode == 0)
            _ = try await desk.declare([reusing(desk) { $0.buildScript = "#!/bin/sh\nfalse\n" }])
            #expect(try await build(shelf).exitCode == 0)
            _ = try await desk.declare([reusing(desk) { $0.secrets = ["TOKEN": "sealed"] }])
            #expect(!(try reusing(desk) { $0.secrets = ["TOKEN": "sealed"] }.reusesVerdicts))
            #expect(!(try reusing(desk) { $0.triggers.schedule = "0 4 * * *" }.reusesVerdicts))
            #expect(!(try desk.hook("tests").reusesVerdicts))
        }
    }

    @Test("with paths, only what matches them and the tracked files count")
    func paths() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([reusing(desk, paths: ["src/**"]) { $0.trackedFiles = ["lock"] }])
            let mirror = desk.mirrors
            func key(_ files: [String: String]) async throws -> String {
                let commit = try desk.push(files)
                let git = try await mirror.mirror(desk.repository, with: commit, .branch("main"))
                let hook = try reusing(desk, paths: ["src/**"]) { $0.trackedFiles = ["lock"] }
                let key = try await VerdictKey(
                    hook, commit: commit, imageID: "sha256:base", trusted: true, mirror: git)
                return try #require(key).description
            }
            let first = try await key(["src/main.c": "1", "docs/readme": "1", "lock": "1"])
            #expect(try await key(["docs/readme": "2"]) == first)
            #expect(try await key(["lock": "2"]) != first)
            #expect(try await key(["lock": "1", "src/main.c": "2"]) != first)
            #expect(try await key(["src/main.c": "1"]) == first)
        }
    }
}
