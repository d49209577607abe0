import DockerEngine
import Foundation
import Model
import Testing

@testable import Runner

@Suite(
    "Jobs that are stopped",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct StopTests {
    @Test("a script that runs too long is killed after its grace")
    func timeout() async throws {
        try await RunnerFixture.with { fixture in
            let (outcome, log) = try await fixture.run(
                try fixture.job(build: "trap '' TERM; echo begin; sleep 60; echo end") {
                    $0.settings.timeoutSeconds = 1
                })
            #expect(outcome.state == .failure && outcome.reason == "stopped: ran longer than 1 s")
            #expect(await log.lines(.build) == ["begin"])
            #expect(await log.text.contains("Stopped: ran longer than 1 s; sending SIGTERM\n"))
            #expect(await log.text.contains("The script still runs after 1 s; sending SIGKILL\n"))
        }
    }

    @Test(
        "a script that says nothing about signals ends by SIGTERM, with what it runs, and nothing is added to its output"
    )
    func politely() async throws {
        try await RunnerFixture.with { fixture in
            let (outcome, log) = try await fixture.run(
                try fixture.job(build: "echo begin; sleep 600; echo end") {
                    $0.settings.timeoutSeconds = 1
                    $0.settings.cancelGraceSeconds = 300
                })
            #expect(
                outcome == JobOutcome(state: .failure, exitCode: 143, reason: "stopped: ran longer than 1 s"))
            let text = await log.text
            #expect(await log.lines(.build) == ["begin"], "\(text)")
            #expect(!text.contains("SIGKILL"))
        }
    }

    @Test("a script that falls silent is asked to end, and may say a last word")
    func stall() async throws {
        try await RunnerFixture.with { fixture in
            let script = "trap 'echo bye; exit 9' TERM; for i in 1 2 3 4; do echo $i; sleep 1; done; sleep 60 & wait"
            let (outcome, log) = try await fixture.run(
                try fixture.job(build: script) {
                    $0.settings.stallTimeoutSeconds = 3
                    $0.settings.cancelGraceSeconds = 30
                })
            #expect(
                outcome == JobOutcome(state: .failure, exitCode: 9, reason: "stopped: no output for 3 s"))
            let text = await log.text
            #expect(await log.lines(.build) == ["1", "2", "3", "4", "bye"], "\(text)")
        }
    }

    @Test("a job is cancelled while its script runs, and before it has one")
    func cancel() async throws {
        try await RunnerFixture.with { fixture in
            let (log, control) = (MemoryLog(), JobControl())
            async let running = fixture.run(
                try fixture.job(1, build: "trap 'exit 0' TERM; echo ready; sleep 60 & wait"), log: log, control: control
            )
            await log.wait(for: "ready")
            control.cancel(reason: "cancelled by octocat")
            control.cancel(reason: "later")
            let outcome = try await running.outcome
            #expect(outcome.state == .cancelled && outcome.reason == "cancelled by octocat")
            #expect(await log.text.contains("Stopped: cancelled by octocat; sending SIGTERM\n"))

            let before = try await fixture.run(try fixture.job(2, build: "echo never"), control: control)
            #expect(before.outcome == JobOutcome(state: .cancelled, reason: "cancelled by octocat"))
            #expect(await before.log.bytes(.build).isEmpty)
        }
    }

    @Test(
        "a job that shall stop ends although the engine is away; its container goes when the engine is back",
        arguments: [true, false])
    func engineAway(isCancelled: Bool) async throws {
        let proxy = try EngineProxy(target: try #require(RunnerFixture.host))
        defer { proxy.stop() }
        try await RunnerFixture.with(host: proxy.host, absence: .seconds(200)) { fixture in
            let (log, control) = (MemoryLog(), JobControl())
            let job = try fixture.job(build: "echo begin; sleep 300") {
                $0.settings.timeoutSeconds = isCancelled ? 600 : 3
            }
            async let running = fixture.run(job, log: log, control: control)
            await log.wait(for: "begin")
            proxy.interrupt()
            if isCancelled {
                await log.wait(for: "The Docker Engine does not answer")
                control.cancel(reason: "cancelled by octocat")
            }
            let outcome = try await running.outcome
            #expect(
                outcome
                    == (isCancelled
                        ? JobOutcome(state: .cancelled, reason: "cancelled by octocat")
                        : JobOutcome(state: .failure, reason: "stopped: ran longer than 3 s")))
            proxy.resume()
            #expect(try await fixture.containers().count == 1)
            try await fixture.executor.sweep(instance: fixture.instance) { [] }
            #expect(try await fixture.containers().isEmpty)
        }
    }

    @Test("two jobs that need the same image make it once; the second takes over when the first fails")
    func singleFlight() async throws {
        try await RunnerFixture.with { fixture in
            let install =
                "echo installing; while [ ! -e go ]; do sleep 0.1; done; test $KOZMIC_BUILD_NUMBER = 7"
            func letGo(_ jobID: Int64) async throws {
                for container in try await fixture.containers()
                where container.labels[Labels.job] == String(jobID) && container.labels[Labels.phase] == "install" {
                    let go = TarStream([TarEntry("go", .bytes([]), mode: 0o644, uid: 0, gid: 0)])
                    try await fixture.engine.putArchive(container.id, path: "/kozmic/src", tar: go)
                }
            }
            let waits = "Another job is making the cached image; waiting for it"
            let (one, two) = (MemoryLog(), MemoryLog())
            async let first = fixture.run(try fixture.job(1, build: "exit 0", install: install), log: one)
            await one.wait(for: "installing")
            async let second = fixture.run(try fixture.job(2, build: "exit 0", install: install), log: two)
            await two.wait(for: waits)
            try await letGo(1)
            #expect(try await first.outcome == .success)
            #expect(try await second.outcome == .success)
            #expect(await two.text.contains("Cached image found: "))
            #expect(await two.bytes(.install).isEmpty)

            var failing = try fixture.job(3, build: "exit 0", install: install + " # otherwise")
            failing.buildNumber = 8
            let (three, four) = (MemoryLog(), MemoryLog())
            async let third = fixture.run(failing, log: three)
            await three.wait(for: "installing")
            async let fourth = fixture.run(
                try fixture.job(4, build: "exit 0", install: install + " # otherwise"), log: four)
            await four.wait(for: waits)
            try await letGo(3)
            #expect(try await third.outcome.state == .failure)
            await four.wait(for: "installing")
            try await letGo(4)
            #expect(try await fourth.outcome == .success)
            #expect(await four.lines(.install) == ["installing"])
        }
    }

    @Test("a log that cannot be written ends the job with the log's error")
    func brokenLog() async throws {
        try await RunnerFixture.with { fixture in
            await #expect(throws: MemoryLog.DiskFull.self) {
                try await fixture.run(
                    try fixture.job(build: "seq 1 10000; sleep 60"), log: MemoryLog(failsAfter: 1000))
            }
        }
    }

    @Test("a sweep takes what belongs to no kept attempt of its own instance")
    func sweep() async throws {
        try await RunnerFixture.with { fixture in
            for id in [Int64(1), 2] { _ = try await fixture.run(try fixture.job(id, build: "exit 0")) }
            let other = fixture.instance + "-other"
            try await fixture.executor.sweep(instance: other) { [] }
            #expect(try await fixture.containers().count == 2)
            let left = "\(fixture.workDirectory)/kozmic-\(fixture.instance.replacing("-", with: "_"))-1-1-build"
            let late = left.replacing("-1-1-", with: "-3-1-")
            try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
            try await fixture.executor.sweep(instance: fixture.instance) {
                // Made after the look: it is not known here, and stays.
                try FileManager.default.createDirectory(atPath: late, withIntermediateDirectories: true)
                return [JobAttempt(jobID: 2, attempt: 1)]
            }
            #expect(try await fixture.containers().map { $0.labels[Labels.job] } == ["2"])
            #expect(
                try await fixture.engine.volumes(labels: [Labels.instance: fixture.instance])
                    .map { $0.labels[Labels.job] } == ["2"])
            #expect(!FileManager.default.fileExists(atPath: left))
            #expect(FileManager.default.fileExists(atPath: late))
        }
    }

    @Test("one thing that cannot be removed keeps a sweep from nothing else, and is told")
    func stuckVolume() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "exit 0")
            _ = try await fixture.run(job)
            // Somebody looks at the work tree.
            var spec = DockerContainerSpec(image: RunnerFixture.image)
            spec.mounts = [DockerMount(.volume(ContainerPlan.name(job, .build), noCopy: true), at: "/look")]
            spec.labels = [Labels.instance: fixture.instance, Labels.job: "9", Labels.attempt: "1"]
            _ = try await fixture.engine.createContainer(spec)
            let folders = await fixture.executor.tools.berths.folders
            try await folders.make("left")
            await #expect(throws: DockerError.self) {
                try await fixture.anotherExecutor().sweep(instance: fixture.instance) {
                    [JobAttempt(jobID: 9, attempt: 1)]
                }
            }
            #expect(await folders.names() == [])
            try await fixture.anotherExecutor().sweep(instance: fixture.instance) { [] }
            #expect(try await fixture.engine.volumes(labels: [Labels.instance: fixture.instance]).isEmpty)
        }
    }

    @Test("a sweep takes cached images that lost their name, once they are old enough, and no others")
    func namelessImages() async throws {
        try await RunnerFixture.with { fixture in
            let labels = [Labels.instance: fixture.instance]
            let container = try await fixture.engine.createContainer(DockerContainerSpec(image: RunnerFixture.image))
            let name = "kozmic-cache/\(fixture.repository.key)/tests:key"
            for number in 1...2 {
                try await fixture.engine.commit(
                    container: container, reference: name,
                    changes: DockerCommitConfig(
                        labels: labels.merging([Labels.cache: "key", "number": "\(number)"]) { $1 }))
            }
            try await fixture.engine.remove(container, force: true)
            #expect(try await fixture.engine.images(labels: labels).count == 2)
            try await fixture.executor.sweep(instance: fixture.instance) { [] }
            #expect(try await fixture.engine.images(labels: labels).count == 2)
            try await fixture.executor.sweep(instance: fixture.instance, namelessAge: .seconds(-60)) { [] }
            #expect(try await fixture.engine.images(labels: labels).map(\.labels["number"]) == ["2"])
        }
    }

    @Test("the image of a `kozmic shell` that was killed goes, when it is old and no container uses it")
    func shellImage() async throws {
        try await RunnerFixture.with { fixture in
            let job = try fixture.job(build: "exit 1")
            _ = try await fixture.run(job)
            let found = try await KeptContainer.find(
                fixture.repository, build: job.buildNumber, job.hook.id, on: fixture.engine)
            let image = try await #require(found).image(on: fixture.engine)
            var spec = DockerContainerSpec(image: image)
            spec.entrypoint = ["/bin/sleep", "1000"]
            let container = try await fixture.engine.createContainer(spec)
            let attempt = JobAttempt(jobID: job.jobID, attempt: job.attempt)

            try await fixture.executor.sweep(instance: fixture.instance) { [attempt] }
            #expect(try await fixture.engine.image(image) != nil, "it may just have been made")
            try await fixture.executor.sweep(instance: fixture.instance, namelessAge: .seconds(-60)) { [attempt] }
            #expect(try await fixture.engine.image(image) != nil, "a container uses it")
            try await fixture.engine.remove(container, force: true, volumes: true)
            try await fixture.executor.sweep(instance: fixture.instance, namelessAge: .seconds(-60)) { [attempt] }
            #expect(try await fixture.engine.image(image) == nil)
        }
    }
}
