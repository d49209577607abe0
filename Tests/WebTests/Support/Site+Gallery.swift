import Foundation
import Model
import Store
import Testing

@testable import Web

/// A store in which every page has something to show, in every state, with texts that mean no good.
extension Site {
    static let hostile =
        "<script>alert(1)</script> <img src=x onerror=alert(1)> \"quoted\" 'single' & \u{202E}turned\u{202C} \u{1B}[31mred e\u{301}'"

    /// Fills the store. `acme/widget` has the builds.
    func fillGallery() async throws {
        var widget = try Self.project("acme/widget", hooks: ["lint", "package", "tests"])
        for index in widget.hooks.indices {
            widget.hooks[index].title = ["Lint", "Package (Debian)", "Tests (Debian, Python 3)"][index]
        }
        widget.hooks[2].installScript = "#!/bin/bash\nset -e\nsudo pip install -r requirements.txt\n"
        widget.hooks[2].trackedFiles = ["requirements.txt", "setup.cfg"]
        widget.hooks[2].environment = ["LANG": "C.UTF-8", "HOSTILE": Self.hostile]
        widget.hooks[2].origin = HookOrigin(file: "projects/acme/widget.yaml", line: 31)
        widget.hooks[2].secrets = ["PYPI_TOKEN": "sealed:v1:nothing"]
        widget.hooks[2].concurrency = Hook.Concurrency(group: "deploy")
        widget.hooks[2].triggers = Triggers(
            push: Triggers.Push(branches: ["main", "release/*"], tags: ["v*"]), pullRequest: Triggers.PullRequest(),
            schedule: "0 4 * * *")
        let names = [
            "acme/gadget", "acme/rocket", "hubot/dotfiles", "hubot/an-empty-one",
            "mona/spoon-knife-and-a-rather-long-name", "mona/secret",
        ]
        let records = try await declare([widget] + names.map { try Self.project($0) })
        let end = clock.now
        try await history(records[0], end: end)
        try await latest(records[0], end: end)
        try await others(records, end: end)
        clock.set(end)
        try await store.saveCachedImages([
            KnownImage(
                entry: CacheEntry(
                    repository: "acme/widget", hook: "tests", key: String(repeating: "3bf872e348d9a0c4", count: 4)),
                isTrusted: true, madeAt: end.addingTimeInterval(-86_400), size: 412_000_000),
            KnownImage(
                entry: CacheEntry(repository: "acme/widget", hook: "tests", key: String(repeating: "e", count: 64)),
                isTrusted: false, madeAt: end.addingTimeInterval(-900), size: 1_250_000_000),
        ])
        try await deliveries()
    }

    private func history(_ project: ProjectRecord, end: Date) async throws {
        let messages = [
            "Read the manifest once",
            "Widgets can be round now\n\nThe factory takes a shape. Squares stay the default,\nso nobody has to change anything.",
            "Bump the toolchain", "Fix a race in the sprocket cache", "Say which sprocket is missing", Self.hostile,
        ]
        for number in 0..<22 {
            clock.set(end.addingTimeInterval(-86_400 * 9 + Double(number) * 30_000))
            let message = messages[number % messages.count]
            let ref: GitRef = number % 5 == 4 ? .branch("feature/round-<b>widgets</b>") : .branch("main")
            try await build(
                project, message, commit: Self.commit("\(number)"), ref: ref,
                author: number % 4 == 2 ? "Hubot \u{202E}" : "Mona Octocat", login: number % 4 == 2 ? "hubot" : "mona")
            for job in 0..<3 {
                let outcome =
                    number % 7 == 3 && job == 2
                    ? JobOutcome(state: .failure, exitCode: 1, reason: "build script failed with exit code 1")
                    : .success
                try await run(
                    outcome, log: "line of \(number)\n", seconds: 20 + Double((number * 37) % 60), form: "saw")
            }
        }
    }

    /// Builds 23 (cancelled), 24 (red), 25 (an error), 26 (runs), 27 (waits, from a fork).
    private func latest(_ project: ProjectRecord, end: Date) async throws {
        clock.set(end.addingTimeInterval(-9_000))
        try await build(project, "Try another approach", ref: .branch("experiment"))
        try await run(JobOutcome(state: .cancelled, reason: "a newer commit"), seconds: 12)
        for _ in 0..<2 { try await run(JobOutcome(state: .cancelled, reason: "a newer commit"), seconds: 1) }

        clock.set(end.addingTimeInterval(-5_400))
        let red = try await build(
            project, "Measure twice, cut once\n\nThe saw was a millimetre off.", commit: Self.commit("red"),
            login: "mona")
        try await picture(of: "mona")
        let start = clock.now
        try await run(.success, log: "All files are tidy.\n", seconds: 9)
        try await run(JobOutcome(state: .skipped, reason: "none of src/** changed"), seconds: 0)
        let failed = try await run(
            JobOutcome(state: .failure, exitCode: 1, reason: "build script failed with exit code 1"),
            log: Self.failedLog, seconds: 64, form: "saw")
        try await store.recordProgress(failed.id, phase: .building)
        try retime(failed.id, start: start.addingTimeInterval(9), install: 4, build: 30)
        try await search(failed.id, of: red)

        clock.set(end.addingTimeInterval(-3_000))
        try await build(project, "Use the new base image", commit: Self.commit("error"))
        try await run(.success, log: "ok\n", seconds: 8)
        try await run(
            JobOutcome(
                state: .error,
                reason: "pull access denied for kozmic/nothing, repository does not exist or may require 'docker login'"
            ), log: "Pulling kozmic/nothing\n\u{1B}[31mpull access denied\u{1B}[0m\n", seconds: 3)
        try await run(
            JobOutcome(state: .failure, exitCode: 137, reason: "killed by the kernel, out of memory (limit 2 GiB)"),
            log: "Linking\n", seconds: 40)
        let rerun = try await store.rerun(try #require(try await store.latestBuild(project.id)).id, Self.hook("tests"))
        try await run(
            JobOutcome(state: .failure, exitCode: 137, reason: "killed by the kernel, out of memory (limit 2 GiB)"),
            log: "Linking again\nfatal error: out of memory\n", seconds: 41)
        #expect(rerun.attempt == 2 && red.number == 24)

        clock.set(end.addingTimeInterval(-95))
        try await build(
            project, "Polish the \(Self.hostile)", commit: Self.commit("running"), kind: .pullRequest, pullRequest: 31)
        try await run(.success, log: "All files are tidy.\n", seconds: 9)
        let running = try #require(try await store.claimNextJob()).job
        try await store.recordProgress(
            running.id, phase: .building, baseImageID: "sha256:68664699db38aa", cacheKey: "3bf872e348d9", reused: true)
        try await write(
            running.id,
            "Using image kozmic/debian:bookworm\nRunning the build script\n\u{1B}[1;34m==>\u{1B}[0m Packaging\n")

        clock.set(end.addingTimeInterval(-20))
        try await build(
            project, "From afar", ref: .pullRequest(32), author: "A Stranger \(Self.hostile)", kind: .pullRequest,
            pullRequest: 32,
            trusted: false)
        clock.set(end)
    }

    /// A search that found one of two commits.
    private func search(_ id: Int64, of red: BuildRecord) async throws {
        let job = try #require(try await store.job(id))
        let good = try #require(try await store.goodEnds(before: job, of: red, limit: 1).first)
        var commits = Self.candidates(red, good, 7)
        commits[3].title = Self.hostile
        let begun = try await store.startBisection(
            NewBisection(job: job, build: red, good: good, candidates: commits, startedBy: "mona"))
        try await store.finishBisection(
            begun.report.record.id, .narrowed, culprits: commits[2...3].map(\.id), reason: "one cannot be built")
    }

    private func others(_ records: [ProjectRecord], end: Date) async throws {
        // What waits of widget stands in the way of the next claims, so it is taken first.
        var taken: [JobRecord] = []
        for (index, project) in records.dropFirst().enumerated() where index != 3 {
            for number in 0..<(index + 3) {
                clock.set(end.addingTimeInterval(-40_000 * Double(index + 1) + Double(number) * 700))
                let build = try await build(
                    project, "Change \(number) of \(project.repository.name)", commit: Self.commit("\(index) \(number)")
                )
                while let claimed = try await store.claimNextJob() {
                    if claimed.build.id != build.id { taken.append(claimed.job); continue }
                    clock.advance(Double(5 + number * 9))
                    let isLast = number == index + 2
                    let bad = index == 1 && isLast
                    try await store.finishJob(
                        claimed.job.id,
                        bad
                            ? JobOutcome(state: .failure, exitCode: 2, reason: "build script failed with exit code 2")
                            : .success)
                    break
                }
            }
        }
        let rocket = records[2]
        try await store.setCondition(
            rocket.id,
            ProjectCondition(
                status: .stalled, reason: "GitHub answers 404: is the token's user a collaborator?",
                since: end.addingTimeInterval(-7200)),
            configCommit: rocket.configCommit)
        try await store.setDrift(
            records[1].id,
            [DriftDifference(object: "collaborator mona", field: "permission", old: "push", new: "admin")])
        try await store.setDrift(
            records[0].id,
            [
                DriftDifference(object: "webhook tests", field: "events", old: "push, pull_request", new: "push"),
                DriftDifference(object: "webhook lint", field: "", old: Self.hostile, new: ""),
            ])
        let diagnostics = """
            [{"path":"projects/hubot/dotfiles.yaml","line":4,"column":5,"severity":"error","message":"unknown key 'imge'; did you mean 'image'?"},
             {"path":"kozmic.yaml","line":2,"column":1,"severity":"warning","message":"'<b>x</b>' is not used by any hook"}]
            """
        try await store.saveRevision(
            ConfigRevision(
                commit: "badc0ffee1", authorName: "Mona Octocat", committedAt: end.addingTimeInterval(-600),
                message: "Describe the dotfiles", diagnosticsJSON: diagnostics))
        try await store.noteConfigProblem("could not resolve host 'git.example.org'")
    }

    private func deliveries() async throws {
        func add(_ guid: String, _ repository: String, _ event: String, hook: String = "tests") async throws -> Int64 {
            _ = try await store.inbox.store(
                NewDelivery(
                    repository: Self.repository(repository), hook: Self.hook(hook), guid: guid, event: event,
                    payload: Array("{}".utf8)))
            return try #require(try await store.deliveries(before: nil, limit: 1).first).id
        }
        try await store.finishDelivery(
            try await add("1c9ce6a0-0001", "acme/widget", "ping"), decision: "The webhook works")
        try await store.finishDelivery(
            try await add("1c9ce6a0-0002", "acme/widget", "pull_request"),
            decision: "on.pull_request.branches: base branch dev matches none of [\"main\"]", action: "opened",
            ref: .pullRequest(31))
        let project = try #require(try await store.project(Self.repository("acme/widget")))
        let event = TriggerEvent(kind: .push, ref: .branch("main"), commit: Self.commit("red"))
        try await store.finishDelivery(
            try await add("1c9ce6a0-0003", "acme/widget", "push"),
            decision: "on.push.branches: branch main matches 'main'",
            build: NewBuild(
                projectID: project.id, event: event,
                hooks: project.config.hooks.filter { $0.id.description == "tests" }, trusted: true, configCommit: "c",
                pageURL: { _, _ in "" }))
        try await store.finishDelivery(
            try await add("1c9ce6a0-0004", "acme/gadget", "push"), decision: Self.hostile, failed: true)
        _ = try await add("1c9ce6a0-0005", "mona/secret", "push")
        _ = try await add("1c9ce6a0-0006", "acme/widget", "push")
    }

    /// Gives the records of a log other times: the system's part first, then the scripts'.
    private func retime(_ job: Int64, start: Date, install: Double, build: Double) throws {
        let path = "\(folder)/logs/\(job / 1000)/\(job).chunks"
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let end = Array(bytes.prefix(8))
        bytes = []
        for (section, seconds, offset) in [
            (UInt8(0), install, 100), (1, install, 200), (0, build, 300), (2, build, nil),
        ] as [(UInt8, Double, Int64?)] {
            let place = offset ?? end.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
            withUnsafeBytes(of: place.littleEndian) { bytes += $0 }
            withUnsafeBytes(of: Int64(start.addingTimeInterval(seconds).timeIntervalSince1970 * 1000).littleEndian) {
                bytes += $0
            }
            bytes += [section, 1, 0, 0, 0, 0, 0, 0]
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    static let failedLog: String = {
        var text = "Using image kozmic/debian:bookworm (sha256:68664699db38)\nRunning the install script\n"
        for package in ["attrs", "pluggy", "pytest", "hypothesis"] {
            text += "Collecting \(package)\r\u{1B}[KInstalling \(package)\n"
        }
        text += "Committed as kozmic-cache/acme/widget/tests:3bf872e348d9\nRunning the build script\n"
        text += "\u{1B}[1m============================= test session starts ==============================\u{1B}[0m\n"
        text += "platform linux -- Python 3.11.2, pytest-7.2.1, pluggy-1.0.0\ncollected 214 items\n\n"
        for file in 0..<60 {
            text += "tests/test_sprocket_\(file).py \u{1B}[32m......\u{1B}[0m\u{1B}[38;5;244m   [\(file)%]\u{1B}[0m\n"
        }
        text += "tests/test_saw.py \u{1B}[32m...\u{1B}[31mF\u{1B}[0m \u{1B}[38;2;255;128;0m[ 61%]\u{1B}[0m\n\n"
        text +=
            "=================================== FAILURES ===================================\n_______________________________ test_saw_is_true _______________________________\n\n"
        text +=
            "    def test_saw_is_true():\n>       assert cut(100) == 100 and '<script>alert(1)</script>'\n\u{1B}[1m\u{1B}[31mE       assert 99 == 100\u{1B}[0m\n\u{1B}[1m\u{1B}[31mE        +  where 99 = cut(100)\u{1B}[0m\n\n"
        text += "\u{1B}[1m\u{1B}[31mtests/test_saw.py\u{1B}[0m:12: AssertionError \(hostile)\n"
        text +=
            "\u{1B}[36m=========================== short test summary info ============================\u{1B}[0m\n\u{1B}[31mFAILED\u{1B}[0m tests/test_saw.py::\u{1B}[1mtest_saw_is_true\u{1B}[0m - assert 99 == 100\n"
        text +=
            "\u{1B}[31m=================== \u{1B}[1m1 failed\u{1B}[0m, \u{1B}[32m213 passed\u{1B}[0m\u{1B}[31m in 29.31s\u{1B}[0m\u{1B}[31m ====================\u{1B}[0m\n\u{1B}[7m inverse \u{1B}[0m \u{1B}[4munder\u{1B}[0m \u{1B}[9mstruck\u{1B}[0m \u{1B}[2mdim\u{1B}[0m \u{1B}[3mitalic\u{1B}[0m \u{1B}[44;97m ground \u{1B}[0m\nBuild script failed with exit code 1\n"
        return text
    }()
}
