import DockerEngine
import Foundation
import Model
import Testing

@testable import Runner

@Suite(
    "Prepared places for jobs",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct BerthTests {
    private func prepared(_ body: (RunnerFixture) async throws -> Void) async throws {
        try await RunnerFixture.withPlaces(Preparation(berths: 1, ownNetwork: true), body) { fixture in
            // Those of jobs that are not cleaned up stay with them.
            let used = try await fixture.engine.containers(labels: [Labels.instance: fixture.instance, Labels.job: nil])
                .compactMap { $0.labels[Labels.network] }
            #expect(try await berths(fixture).allSatisfy { used.contains($0.labels[Labels.berth] ?? "") })
        }
    }

    private func berths(_ fixture: RunnerFixture) async throws -> [DockerContainerSummary] {
        try await fixture.engine.containers(labels: [Labels.instance: fixture.instance, Labels.berth: nil])
    }

    private func job(_ fixture: RunnerFixture) async throws -> DockerContainerSummary {
        try #require(
            try await fixture.engine.containers(labels: [Labels.instance: fixture.instance, Labels.job: nil]).first)
    }

    @Test("a missing interpreter is named, also when its last words may begin a secret")
    func interpreter() async throws {
        try await prepared { fixture in
            let job = try fixture.job(build: "#!/opt/no/such\n", secrets: ["TOKEN": "ry\nand more"])
            let outcome = try await fixture.run(job).outcome
            #expect(outcome.reason?.contains("interpreter '/opt/no/such' is not in the image") == true)
        }
    }

    @Test("a job in one runs as elsewhere, in order, and the place is thrown away with it")
    func use() async throws {
        try await prepared { fixture in
            let script = """
                [ $$ != 1 ] && echo "$0"
                for i in 1 2 3; do echo "out $i"; echo "err $i" >&2; done
                echo through >/dev/stdout
                ls /kozmic | tr '\\n' ' '; echo
                (while :; do echo x; sleep 0.01; done) & disown
                exit 3
                """
            let run = try await fixture.run(try fixture.job(build: script))
            #expect(run.outcome.exitCode == 3 && run.outcome.state == .failure, "\(run.outcome)")
            #expect(
                await run.log.lines(.build).filter { $0 != "x" } == [
                    "/kozmic/build-script", "out 1", "err 1", "out 2", "err 2", "out 3", "err 3", "through",
                    "build-script output src ",
                ])
            let container = try await job(fixture)
            let used = try #require(container.labels[Labels.output])
            #expect(try await berths(fixture).contains { $0.labels[Labels.berth] == used })
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
            // A job that came at once would have had its network.
            for _ in 0..<600 {
                guard try await berths(fixture).contains(where: { $0.labels[Labels.berth] == used }) else { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await !berths(fixture).contains { $0.labels[Labels.berth] == used })
            #expect(await !fixture.executor.tools.berths.folders.names().contains(used))
        }
    }

    @Test("a controller that ends while places are being made leaves none behind", arguments: 0..<6)
    func endsEarly(round: Int) async throws {
        try await RunnerFixture.with(preparation: Preparation(berths: 4, ownNetwork: true)) { fixture in
            let labels: [String: String?] = [Labels.instance: fixture.instance]
            let maintaining = Task { await fixture.executor.maintain(instance: fixture.instance) }
            // The keeper and the places come one after the other, so each round ends at another step.
            for _ in 0..<6000 {
                if try await fixture.engine.containers(labels: labels).count >= round { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            maintaining.cancel()
            await maintaining.value
            #expect(try await fixture.engine.containers(labels: labels).map(\.names) == [])
            #expect(await fixture.executor.tools.berths.folders.names() == [])
        }
    }

    @Test("what cannot run says why, secrets stay masked, a silent script and a large output are complete")
    func output() async throws {
        try await prepared { fixture in
            let missing = try await fixture.run(try fixture.job(1, build: "#!/bin/foo\n"))
            #expect(missing.outcome.reason?.hasPrefix("the build script's interpreter '/bin/foo'") == true)
            try await fixture.placeIsReady()
            let secret = try await fixture.run(
                try fixture.job(2, build: "echo \"<$TOKEN>\"; ls /kozmic", secrets: ["TOKEN": "s3cret-value"]))
            #expect(await secret.log.lines(.build) == ["<************>", "build-script", "output", "src"])
            try await fixture.placeIsReady()
            let silent = try await fixture.run(try fixture.job(3, build: "exit 0"))
            #expect(silent.outcome == .success)
            try await fixture.placeIsReady()
            let large = try await fixture.run(try fixture.job(4, build: "seq 1 3000000"))
            #expect(large.outcome == .success)
            let bytes = await large.log.bytes(.build)
            #expect(
                bytes.count == 22_888_896 && String(decoding: bytes.suffix(16), as: UTF8.self) == "2999999\n3000000\n")
        }
    }

    @Test("a controller that comes back continues the output, also of a script that ended meanwhile")
    func adoption() async throws {
        try await prepared { fixture in
            let (job, log) = (try fixture.job(build: ResumeTests.script), MemoryLog())
            for text in ["line 20\n", "line 50\n"] {
                let task = Task { try await fixture.run(job, log: log, executor: fixture.executor) }
                await log.wait(for: text)
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(try await self.job(fixture).labels[Labels.output]?.isEmpty == false)
            _ = try await fixture.engine.wait(try await self.job(fixture).id)
            let other = fixture.anotherExecutor()
            // The next process sweeps as well: what a job still needs stays.
            try await other.sweep(instance: fixture.instance) { [JobAttempt(jobID: 1, attempt: 1)] }
            let (outcome, _) = try await fixture.run(job, log: log, executor: other)
            #expect(outcome.exitCode == 5)
            #expect(await log.text(.build) == ResumeTests.output)
            await other.cleanUp(1, attempt: 1, instance: fixture.instance)
            #expect(
                try await fixture.engine.containers(labels: [Labels.instance: fixture.instance, Labels.job: nil])
                    .isEmpty)
        }
    }

    @Test("without a place the output goes through a pipe too, and stays when its script ends and nobody reads it")
    func kept() async throws {
        try await prepared { fixture in
            let log = MemoryLog()
            let job = try fixture.job(build: "exit 5", install: ResumeTests.script.replacing("exit 5", with: "exit 0"))
            let task = Task { try await fixture.run(job, log: log, executor: fixture.executor) }
            await log.wait(for: "line 20\n")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let container = try await self.job(fixture)
            #expect(container.labels[Labels.output]?.isEmpty == false)
            _ = try await fixture.engine.wait(container.id)
            let keepers = [Labels.instance: fixture.instance, Labels.keeper: nil]
            let first = try await fixture.engine.containers(labels: keepers).map(\.id)
            // The next process has a keeper of its own, which takes over the pipes before the old one goes.
            let other = fixture.anotherExecutor(preparation: Preparation(berths: 1, ownNetwork: true))
            try await other.sweep(instance: fixture.instance) { [JobAttempt(jobID: 1, attempt: 1)] }
            #expect(try await fixture.engine.containers(labels: keepers).map(\.id) == first)
            let maintaining = Task { await other.maintain(instance: fixture.instance) }
            let (outcome, _) = try await fixture.run(job, log: log, executor: other)
            #expect(outcome.exitCode == 5, "\(outcome)")
            #expect(await log.text(.install) == ResumeTests.output)
            await other.cleanUp(1, attempt: 1, instance: fixture.instance)
            maintaining.cancel()
            await maintaining.value
        }
        // Both have ended, and no job is left.
    }

    @Test("a place whose container is gone is done without")
    func gone() async throws {
        try await prepared { fixture in
            for berth in try await berths(fixture) { try await fixture.engine.remove(berth.id, force: true) }
            let run = try await fixture.run(try fixture.job(build: "echo here"))
            #expect(run.outcome == .success, "\(run.outcome)")
            #expect(await run.log.lines(.build) == ["here"])
        }
    }

    @Test("a place whose pipe is gone is done without")
    func pipeless() async throws {
        try await prepared { fixture in
            let folders = await fixture.executor.tools.berths.folders
            for name in await folders.names() where name.contains("-berth-") { await folders.remove(name) }
            let run = try await fixture.run(try fixture.job(build: "echo here"))
            #expect(run.outcome == .success, "\(run.outcome)")
            #expect(await run.log.lines(.build) == ["here"])
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
        }
    }

    @Test("jobs reach neither each other nor the bridge's other containers' ports, and have no socket of the engine")
    func isolation() async throws {
        try await prepared { fixture in
            let network = JobNetwork.name(fixture.instance)
            var spec = DockerContainerSpec(image: RunnerFixture.image)
            spec.networkMode = network
            spec.entrypoint = ["/bin/bash", "-c", "exec sleep 1000"]
            spec.labels = [Labels.instance: fixture.instance, Labels.job: "9", Labels.attempt: "1"]
            let neighbour = try await fixture.engine.createContainer(spec)
            try await fixture.engine.start(neighbour)
            let address = try #require(try await fixture.engine.container(neighbour)?.addresses[network])
            // Nothing listens there: a neighbour that can be reached refuses, one that cannot does not answer.
            let script = """
                timeout 2 bash -c 'exec 3<>/dev/tcp/\(address)/9' 2>/dev/null; echo "neighbour $?"
                ls /var/run/docker.sock 2>/dev/null || echo "no socket"
                """
            let run = try await fixture.run(try fixture.job(build: script))
            #expect(await run.log.lines(.build) == ["neighbour 124", "no socket"])
            #expect(await fixture.executor.isJobAddress(address))
            #expect(await !fixture.executor.isJobAddress("127.0.0.1"))
        }
    }

    @Test("jobs that begin at the same moment make one network")
    func oneNetwork() async throws {
        try await RunnerFixture.with(preparation: Preparation(ownNetwork: true)) { fixture in
            let network = fixture.executor.tools.network
            let names = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await network.choice(fixture.instance).name } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            let networks = try await fixture.engine.networks(labels: [Labels.instance: fixture.instance])
            #expect(Set(networks.map(\.id)) == names && names.count == 1)
            // One that is gone is made anew.
            for name in names { try await fixture.engine.removeNetwork(name) }
            let run = try await fixture.run(try fixture.job(build: "echo here"))
            #expect(run.outcome == .success, "\(run.outcome)")
        }
    }

    @Test("the limits of the hook hold")
    func limits() async throws {
        try await prepared { fixture in
            let script = """
                cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max
                cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d' ' -f1 /sys/fs/cgroup/cpu.max
                n=0; for i in $(seq 40); do sleep 30 & done 2>/dev/null; jobs -r | wc -l
                """
            let run = try await fixture.run(
                try fixture.job(build: script) {
                    $0.settings.resources.memoryBytes = 128 << 20
                    $0.settings.resources.milliCPUs = 500
                    $0.settings.resources.pids = 20
                })
            let lines = await run.log.lines(.build)
            #expect(lines.starts(with: ["\(128 << 20)", "50000"]), "\(lines)")
            #expect(!lines.contains("40"))
        }
    }
}
