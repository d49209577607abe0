import DockerEngine
import Foundation
import Model
import Testing

@testable import Runner

@Suite(
    "Containers that wait for jobs",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct StandbyTests {
    /// Runs `body` after a job that made the executor keep a container for its hook.
    private func waiting(
        host: String? = nil, _ change: (inout Hook) -> Void = { _ in },
        _ body: (RunnerFixture, Standby) async throws -> Void
    ) async throws {
        try await RunnerFixture.with(host: host, preparation: Preparation(standbys: 1, ownNetwork: true)) { fixture in
            let maintaining = Task { await fixture.executor.maintain(instance: fixture.instance) }
            do {
                let first = try await fixture.run(try fixture.job(100, build: Self.facts, change))
                #expect(first.outcome == .success)
                #expect(await !first.log.text.contains("that was ready"))
                await fixture.executor.cleanUp(100, attempt: 1, instance: fixture.instance)
                try await body(fixture, try await ready(fixture))
            } catch {
                maintaining.cancel()
                await maintaining.value
                throw error
            }
            maintaining.cancel()
            await maintaining.value
            #expect(await fixture.executor.tools.standbys.waiting.isEmpty)
            // What no job uses goes with the process.
            let left = try await containers(fixture).filter { Labels.owner(of: $0) == nil }
            #expect(left.isEmpty)
        }
    }

    /// Waits, as one does for an outside program, until one waits that is not the given one.
    private func ready(_ fixture: RunnerFixture, after old: Standby? = nil) async throws -> Standby {
        for _ in 0..<600 {
            if let standby = await fixture.executor.tools.standbys.waiting.first, standby !== old { return standby }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw NothingWaits()
    }

    private func containers(_ fixture: RunnerFixture) async throws -> [DockerContainerSummary] {
        try await fixture.engine.containers(labels: [Labels.instance: fixture.instance, Labels.standby: nil])
            .filter { $0.labels[Labels.standby]?.isEmpty == false }
    }

    private func volumes(_ fixture: RunnerFixture) async throws -> [String] {
        try await fixture.engine.volumes(labels: [Labels.instance: fixture.instance]).map(\.name)
    }

    private struct NothingWaits: Error {}

    /// What a script sees, but for what is different in each build.
    private static let facts = """
        env | grep -v '^HOSTNAME=' | sort; echo "$0 in $PWD"; id; umask; stat -c '%A %U' /kozmic /kozmic/src
        git describe; git status --short; trap; ls /kozmic | tr '\\n' ' '
        """

    @Test("a job in one sees what it sees elsewhere; it is used once and thrown away")
    func use() async throws {
        try await waiting { fixture, standby in
            let other = fixture.anotherExecutor()
            let plain = try await fixture.run(try fixture.job(1, build: Self.facts), executor: other)
            await other.cleanUp(1, attempt: 1, instance: fixture.instance)
            let second = try await fixture.run(try fixture.job(1, build: Self.facts))
            #expect(await second.log.text.contains("Running the build script in a container that was ready"))
            let expected = await plain.log.lines(.build)
            let used = await second.log.lines(.build)
            #expect(used.dropLast() == expected.dropLast())
            // Beside the pipe for the output, which the other one does not have.
            #expect(expected.last == "build-script src " && used.last == "build-script output src ")
            let container = try #require(try await containers(fixture).first { Labels.owner(of: $0) != nil })
            #expect(container.id == standby.container)
            let third = try await fixture.run(try fixture.job(2, build: "echo other; exit 3"))
            #expect(third.outcome.exitCode == 3)
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
            await fixture.executor.cleanUp(2, attempt: 1, instance: fixture.instance)
            #expect(try await fixture.engine.container(standby.container) == nil)
            #expect(try await !volumes(fixture).contains(standby.name))
            #expect(await !fixture.executor.tools.berths.folders.names().contains(standby.berth.name))
            // The next one is another one.
            #expect(try await ready(fixture, after: standby).container != standby.container)
        }
    }

    @Test("secrets come with the script and are in no settings; a large output is complete; what cannot run says why")
    func output() async throws {
        try await waiting { fixture, standby in
            let secret = try await fixture.run(
                try fixture.job(
                    1, build: "echo \"<$TOKEN> $KOZMIC_COMMIT\"; ls /kozmic; seq 1 300000",
                    secrets: ["TOKEN": "s3cret 'value'"]))
            #expect(await secret.log.text.contains("that was ready"))
            let lines = await secret.log.lines(.build)
            #expect(lines.starts(with: ["<**************> \(try fixture.head)", "build-script", "output", "src", "1"]))
            #expect(lines.count == 300_004 && lines.last == "300000")
            let container = try #require(try await fixture.engine.container(standby.container))
            #expect(!container.environment.contains { $0.contains("s3cret") || $0.contains("KOZMIC_COMMIT=") })
            let next = try await ready(fixture, after: standby)
            let missing = try await fixture.run(try fixture.job(2, build: "#!/bin/foo\n"))
            #expect(missing.outcome.reason?.hasPrefix("the build script's interpreter '/bin/foo'") == true)
            #expect(try await fixture.engine.container(next.container)?.name.hasSuffix("2-1-build-7") == true)
        }
    }

    @Test("a hook that changed does not use the one that waits for what it was, which goes", arguments: [0, 1, 2, 3])
    func changed(what: Int) async throws {
        try await waiting { fixture, standby in
            let job = try fixture.job(1, build: "echo here; id -un; echo $NEW") { hook in
                switch what {
                case 0: hook.settings.resources.memoryBytes = 200 << 20
                case 1: hook.user = "root"
                case 2: hook.environment["NEW"] = "value"
                default: hook.sudo = false
                }
            }
            let run = try await fixture.run(job)
            #expect(run.outcome == .success)
            #expect(await !run.log.text.contains("that was ready"))
            let next = try await ready(fixture, after: standby)
            #expect(next.recipe != standby.recipe)
            try await gone(standby, fixture)
        }
    }

    @Test("hooks that want none, kept failures and untrusted refs have none")
    func never() async throws {
        try await waiting { fixture, standby in
            let jobs = [
                try fixture.job(1, build: "true") { $0.standby = .never },
                try fixture.job(2, build: "true") { $0.keepFailedSeconds = 60 },
                try fixture.job(3, build: "true", trusted: false),
            ]
            for job in jobs {
                let run = try await fixture.run(job)
                #expect(run.outcome == .success)
                #expect(await !run.log.text.contains("that was ready"))
            }
            #expect(await fixture.executor.tools.standbys.waiting.first === standby)
        }
    }

    @Test("one that dies while it waits is thrown away and replaced")
    func died() async throws {
        try await waiting { fixture, standby in
            try await fixture.engine.kill(standby.container)
            let next = try await ready(fixture, after: standby)
            try await gone(standby, fixture)
            let run = try await fixture.run(try fixture.job(1, build: "echo here"))
            #expect(run.outcome == .success)
            #expect(try await fixture.engine.container(next.container)?.name.hasSuffix("1-1-build-7") == true)
        }
    }

    @Test("what the engine refuses once is tried again")
    func refused() async throws {
        let proxy = try EngineProxy(target: try #require(RunnerFixture.host))
        defer { proxy.stop() }
        proxy.refuse("standby-")
        try await waiting(host: proxy.host) { fixture, _ in
            #expect(proxy.hasRefused)
            let run = try await fixture.run(try fixture.job(1, build: "echo here"))
            #expect(await run.log.text.contains("that was ready"))
        }
    }

    @Test("links that were put into the volume meanwhile lead nowhere")
    func links() async throws {
        try await waiting { fixture, standby in
            let outside = "\(fixture.root)/outside"
            try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
            try Data("untouched\n".utf8).write(to: URL(filePath: "\(outside)/file"))
            let volume = standby.folder.volume.path
            for name in ["build-script", "start"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(volume)/\(name)", withDestinationPath: "\(outside)/file")
            }
            let run = try await fixture.run(try fixture.job(1, build: "echo here"))
            #expect(run.outcome == .success)
            #expect(await run.log.lines(.build) == ["here"])
            #expect(await run.log.text.contains("that was ready"))
            let next = try await ready(fixture, after: standby)
            try FileManager.default.createSymbolicLink(
                atPath: "\(next.folder.volume.path)/src", withDestinationPath: outside)
            let second = try await fixture.run(try fixture.job(2, build: "echo there"))
            #expect(second.outcome == .success)
            #expect(await second.log.lines(.build) == ["there"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["file"])
            #expect(try String(contentsOfFile: "\(outside)/file", encoding: .utf8) == "untouched\n")
            try await gone(next, fixture)
        }
    }

    @Test("a controller that comes back continues the job in one, and its sweep takes only what waits")
    func adoption() async throws {
        try await waiting { fixture, standby in
            let (job, log) = (try fixture.job(build: ResumeTests.script), MemoryLog())
            let task = Task { try await fixture.run(job, log: log, executor: fixture.executor) }
            await log.wait(for: "line 20\n")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(await log.text.contains("that was ready"))
            let next = try await ready(fixture, after: standby)
            let other = fixture.anotherExecutor()
            try await other.sweep(instance: fixture.instance) { [JobAttempt(jobID: 1, attempt: 1)] }
            try await gone(next, fixture)
            let (outcome, _) = try await fixture.run(job, log: log, executor: other)
            #expect(outcome.exitCode == 5)
            #expect(await log.text(.build) == ResumeTests.output)
            await other.cleanUp(1, attempt: 1, instance: fixture.instance)
            try await gone(standby, fixture)
        }
    }

    @Test("one that was taken and never told to begin is no beginning")
    func neverBegun() async throws {
        try await waiting { fixture, standby in
            // As a controller leaves it that is killed between the two.
            let job = try fixture.job(1, build: "echo here")
            let taken = await fixture.executor.tools.standbys.take(
                standby.recipe, for: JobAttempt(jobID: 1, attempt: 1))
            #expect(taken === standby)
            try await fixture.engine.rename(standby.container, to: ContainerPlan.standbyName(job))
            let run = try await fixture.run(job, executor: fixture.anotherExecutor())
            #expect(run.outcome == .success)
            #expect(await run.log.lines(.build) == ["here"])
            #expect(await !run.log.text.contains("Continuing"))
            #expect(try await fixture.engine.container(standby.container) == nil)
        }
    }

    private func gone(_ standby: Standby, _ fixture: RunnerFixture) async throws {
        for _ in 0..<600 {
            let isThere = try await fixture.engine.container(standby.container) != nil
            if !isThere, try await !volumes(fixture).contains(standby.name) { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("the container \(standby.name) stays")
    }
}
