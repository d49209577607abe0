import DockerEngine
import Foundation
import Model
import Testing

@testable import Runner

@Suite(
    "Jobs that outlive their controller, or the connection to their engine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct ResumeTests {
    static let script = "for i in $(seq 1 100); do echo \"line $i\"; echo \"error $i\" >&2; sleep 0.01; done; exit 5"
    static let output = (1...100).map { "line \($0)\nerror \($0)\n" }.joined()

    /// Runs the job until its log holds the text, as a controller does that is stopped then.
    private func begin(_ job: JobSpec, _ fixture: RunnerFixture, log: MemoryLog, until text: String) async {
        let task = Task { try await fixture.run(job, log: log) }
        await log.wait(for: text)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a running build goes on with a new controller: the log is complete and nothing is in it twice")
    func running() async throws {
        try await RunnerFixture.with { fixture in
            let (job, log) = (try fixture.job(build: Self.script), MemoryLog())
            for text in ["line 20\n", "line 50\n"] { await begin(job, fixture, log: log, until: text) }
            let (outcome, _) = try await fixture.run(job, log: log, executor: fixture.anotherExecutor())
            #expect(outcome.state == .failure && outcome.exitCode == 5)
            #expect(outcome.reason == "build script failed with exit code 5")
            #expect(await log.text(.build) == Self.output)
            // On a busy machine the script may have ended before anybody came back to it.
            let text = await log.text
            #expect(
                text.contains("Continuing with the build script")
                    || text.contains("The build script ended while Kozmic was away"))
            #expect(try await fixture.containers().count == 1)
        }
    }

    @Test("a build that ended while nobody watched is completed from the engine's copy of its log")
    func ended() async throws {
        try await RunnerFixture.with { fixture in
            let (job, log) = (try fixture.job(build: Self.script), MemoryLog())
            await begin(job, fixture, log: log, until: "line 20\n")
            let container = try #require(try await fixture.containers().first).id
            _ = try await fixture.engine.wait(container)
            let (outcome, _) = try await fixture.run(job, log: log, executor: fixture.anotherExecutor())
            #expect(outcome.exitCode == 5)
            let finished = try #require(try await fixture.engine.container(container)?.state.finishedAt)
            #expect(outcome.endedAt == finished.date, "not when somebody came back to it")
            #expect(await log.text(.build) == Self.output)
            // After the script's last line, and before what we say of it.
            let lines = await log.text.split(separator: "\n")
            let note = try #require(lines.firstIndex(of: "The build script ended while Kozmic was away"))
            #expect(lines[note - 1] == "error 100" && note + 2 == lines.count, "\(lines.suffix(4))")
            #expect(await !log.text.contains("\n\n"))
        }
    }

    /// More than the engine keeps of one output: a byte of it takes six there. `before` so many lines of it, `text` comes.
    private static func flood(_ text: String, after before: Int) -> (script: String, output: [UInt8]) {
        let filler = String(repeating: "\u{1}", count: 10_000)
        let lines = { (range: ClosedRange<Int>) in range.map { "\($0) \(filler)\n" }.joined() }
        let script = """
            filler=$(head -c 10000 /dev/zero | tr '\\0' '\\001')
            for n in $(seq 1 \(before)); do echo "$n $filler"; done
            echo \(text)
            until [ -e /kozmic/more ]; do sleep 0.1; done
            for n in $(seq \(before + 1) 1400); do echo "$n $filler"; done
            """
        return (script, Array("\(lines(1...before))\(text)\n\(lines(before + 1...1400))".utf8))
    }

    /// Runs such a job with a log of few bytes, so that the engine keeps as little as it may; stops watching at `text`.
    private func flooded(
        _ text: String, after before: Int, _ fixture: RunnerFixture
    ) async throws -> (log: MemoryLog, output: [UInt8], outcome: JobOutcome) {
        let (script, output) = Self.flood(text, after: before)
        let (job, log) = (try fixture.job(build: script) { $0.settings.logLimitBytes = 32 << 20 }, MemoryLog())
        let task = Task { try await fixture.run(job, log: log) }
        // As one does for an outside program.
        while await !log.ends(with: "\(text)\n") { try await Task.sleep(for: .milliseconds(50)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let container = try #require(try await fixture.containers().first).id
        let mark = TarStream([TarEntry("more", .bytes([]), mode: 0o644, uid: 0, gid: 0)])
        try await fixture.engine.putArchive(container, path: "/kozmic", tar: mark)
        _ = try await fixture.engine.wait(container)
        let (outcome, _) = try await fixture.run(job, log: log, executor: fixture.anotherExecutor())
        return (log, output, outcome)
    }

    @Test("the engine threw away the beginning of its copy: the log is complete all the same, nothing is in it twice")
    func rotated() async throws {
        try await RunnerFixture.with { fixture in
            let (log, output, outcome) = try await flooded("more to come", after: 1300, fixture)
            #expect(outcome.state == .success && outcome.exitCode == 0)
            #expect(await log.bytes(.build) == output)
            #expect(await !log.text.contains("The Docker Engine kept only"))
        }
    }

    @Test("the engine threw away what nobody had seen: the log says so, and has the end")
    func lost() async throws {
        try await RunnerFixture.with { fixture in
            let (log, output, outcome) = try await flooded("more to come", after: 10, fixture)
            #expect(outcome.state == .success && outcome.exitCode == 0)
            let text = await log.text(.build)
            #expect(text.utf8.count < output.count && text.utf8.suffix(100_000).elementsEqual(output.suffix(100_000)))
            let notes = await log.text.split(separator: "\n").filter { $0.hasPrefix("The Docker Engine kept only") }
            #expect(notes.count == 1)
            #expect(text.split(separator: "\n").count { $0 == "more to come" } == 1)
        }
    }

    @Test("links that a script left in the volume of a container that is gone are not written through")
    func leftover() async throws {
        try await RunnerFixture.with { fixture in
            let precious = "\(fixture.root)/precious"
            try Data("precious".utf8).write(to: URL(filePath: precious))
            let script = """
                cd /kozmic; touch left; rm -rf src build-script exit-code
                for name in src build-script; do ln -s \(precious) $name; done
                echo begin
                """
            // Of root's, the volume is one that can be written from here.
            let job = try fixture.job(build: script) { $0.user = "root" }
            let log = MemoryLog()
            await begin(job, fixture, log: log, until: "begin")
            let container = try #require(try await fixture.containers().first).id
            _ = try await fixture.engine.wait(container)
            // Without its volume, as `docker container prune` does.
            try await fixture.engine.remove(container, force: true)
            var next = job
            next.hook.buildScript = "#!/bin/bash\nls /kozmic; git -C /kozmic/src rev-parse HEAD\n"
            let (outcome, _) = try await fixture.run(next, log: log, executor: fixture.anotherExecutor())
            #expect(outcome == .success)
            #expect(try String(contentsOfFile: precious, encoding: .utf8) == "precious")
            #expect(await log.lines(.build) == ["begin", "build-script", "src", try fixture.head])
        }
    }

    @Test("an install script that ended while nobody watched is committed; a container never started is made anew")
    func install() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "cat /installed", install: "echo begin; sudo touch /installed; sleep 0.5")
            let log = MemoryLog()
            await begin(job, fixture, log: log, until: "begin")
            _ = try await fixture.engine.wait(try #require(try await fixture.containers().first).id)
            let plan = ContainerPlan(job: job, phase: .build, image: RunnerFixture.image)
            _ = try await fixture.engine.createContainer(plan.spec, name: plan.name)
            let (outcome, _) = try await fixture.run(job, log: log, executor: fixture.anotherExecutor())
            #expect(outcome == .success)
            #expect(await log.lines(.install) == ["begin"])
            #expect(await log.text.contains("committed as kozmic-cache/"))
        }
    }

    @Test("of an install container that was committed nothing more is asked, wherever its removal is")
    func committed() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "cat /installed", install: "echo begin; echo yes | sudo tee /installed")
            let log = MemoryLog()
            await begin(job, fixture, log: log, until: "begin")
            let id = try #require(try await fixture.containers().first).id
            _ = try await fixture.engine.wait(id)
            let name = try #require(try await fixture.engine.container(id).flatMap { JobRun.cachedName($0) })
            _ = try await fixture.engine.commit(container: id, reference: name.reference)
            let outcome = try await fixture.anotherExecutor().run(
                job, mirror: fixture.mirror, log: log, control: JobControl()
            ) { progress in
                // As an engine does that was killed while it removed it.
                if case .cacheKey = progress { try await fixture.engine.remove(id, force: true) }
            }
            #expect(outcome == .success)
            #expect(await log.lines(.build) == ["yes"])
        }
    }

    @Test("the time-out counts from the script's start, not from the controller's")
    func timeout() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "echo begin; sleep 60") { $0.settings.timeoutSeconds = 2 }
            let log = MemoryLog()
            await begin(job, fixture, log: log, until: "begin")
            let container = try #require(try await fixture.containers().first).id
            let started = try #require(try await fixture.engine.container(container)?.state.startedAt).date
            let (outcome, _) = try await fixture.run(job, log: log, executor: fixture.anotherExecutor())
            #expect(outcome.reason == "stopped: ran longer than 2 s")
            let finished = try #require(try await fixture.engine.container(container)?.state.finishedAt).date
            // Two seconds, one of grace, and what a busy machine adds; the script would have taken a minute.
            #expect(finished.timeIntervalSince(started) < 45)
        }
    }

    @Test("a script that closes its output goes on until it ends")
    func closedOutput() async throws {
        try await RunnerFixture.with { fixture in
            let script = "echo begin; exec >/dev/null 2>&1; sleep 1; exit 4"
            let (outcome, log) = try await fixture.run(try fixture.job(build: script))
            #expect(outcome.exitCode == 4)
            #expect(await log.lines(.build) == ["begin"])
        }
    }

    @Test("an engine that goes away and comes back finds the job waiting, and the log complete")
    func engineAway() async throws {
        let proxy = try EngineProxy(target: try #require(RunnerFixture.host))
        defer { proxy.stop() }
        try await RunnerFixture.with(host: proxy.host) { fixture in
            let (job, log) = (try fixture.job(build: Self.script), MemoryLog())
            async let running = fixture.run(job, log: log)
            await log.wait(for: "line 20\n")
            proxy.interrupt()
            await log.wait(for: "The Docker Engine does not answer")
            proxy.resume()
            #expect(try await running.outcome.exitCode == 5)
            #expect(await log.text.contains("The Docker Engine answers again"))
            #expect(await log.text(.build) == Self.output)
        }
    }

    @Test("a script that somebody else stops is an error")
    func killed() async throws {
        try await RunnerFixture.with { fixture in
            let log = MemoryLog()
            async let running = fixture.run(
                try fixture.job(build: "trap 'exit 3' TERM; echo begin; sleep 60 & wait"), log: log)
            await log.wait(for: "begin")
            try await fixture.engine.kill(try #require(try await fixture.containers().first).id, signal: "SIGTERM")
            let outcome = try await running.outcome
            #expect(outcome.state == .error && outcome.exitCode == 3)
            #expect(outcome.reason?.hasPrefix("the build script was stopped from outside") == true, "\(outcome)")
        }
    }

    @Test("a container that somebody removes is an error")
    func removed() async throws {
        try await RunnerFixture.with { fixture in
            let log = MemoryLog()
            async let running = fixture.run(try fixture.job(build: "echo begin; sleep 60"), log: log)
            await log.wait(for: "begin")
            try await fixture.engine.remove(try #require(try await fixture.containers().first).id, force: true)
            let outcome = try await running.outcome
            #expect(
                outcome
                    == JobOutcome(
                        state: .error, reason: "the container of the build script is gone: somebody removed it")
            )
        }
    }
}
