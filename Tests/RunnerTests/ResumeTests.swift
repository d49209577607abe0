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
