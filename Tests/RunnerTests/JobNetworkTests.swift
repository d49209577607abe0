import DockerEngine
import Model
import Testing

@testable import Runner

@Suite(
    "The network of jobs on a real engine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct JobNetworkTests {
    private static let words = "could not find an available, non-overlapping IPv4 address pool"

    /// Runs `body` while the name of the network is taken by one that is not ours, so that there can be none.
    private func withoutNetwork(_ body: (RunnerFixture) async throws -> Void) async throws {
        try await RunnerFixture.with(preparation: Preparation(ownNetwork: true)) { fixture in
            let foreign = try await fixture.engine.createNetwork(name: JobNetwork.name(fixture.instance))
            do {
                try await body(fixture)
            } catch {
                try await fixture.engine.removeNetwork(foreign)
                throw error
            }
            try await fixture.engine.removeNetwork(foreign)
        }
    }

    /// Whether the addresses of the engine's bridge count as those of jobs.
    private func isBridgeCounted(_ fixture: RunnerFixture, by executor: DockerExecutor) async throws -> Bool {
        let bridge = try await fixture.engine.networks().first { $0.name == JobNetwork.fallback }
        let address = try #require(bridge?.subnets.first { $0.contains(".") }?.split(separator: "/").first)
        return await executor.isJobAddress(String(address))
    }

    @Test("without a network an untrusted job does not run, a trusted one is on the engine's bridge, which counts then")
    func noAddresses() async throws {
        try await withoutNetwork { fixture in
            let problem = try #require(try await fixture.executor.tools.network.choice(fixture.instance).problem)
            let ref = GitRef.pullRequest(5)
            let (refused, log) = try await fixture.run(
                fixture.job(1, build: "echo ran", trusted: false, ref: ref), log: MemoryLog())
            #expect(refused == JobOutcome(state: .error, reason: JobNetwork.refusal(problem)))
            #expect(refused.reason?.contains("docker network prune") == true)
            #expect(await log.lines(.build) == [])
            #expect(try await fixture.containers().isEmpty)
            // Nobody was put there: the others on the bridge are nobody's jobs.
            #expect(try await !isBridgeCounted(fixture, by: fixture.executor))

            let (outcome, trusted) = try await fixture.run(fixture.job(2, build: "hostname -I"), log: MemoryLog())
            #expect(outcome == .success)
            #expect(await trusted.text.contains("No network of its own (\(problem))"))
            let address = try #require(await trusted.lines(.build).first?.split(separator: " ").first)
            #expect(await fixture.executor.isJobAddress(String(address)))
            #expect(try await isBridgeCounted(fixture, by: fixture.executor))
            #expect(await !fixture.executor.isJobAddress("192.0.2.1"))
        }
    }

    @Test("before an untrusted job is refused, the engine is asked again, also when it has just had no addresses")
    func addressesAgain() async throws {
        try await RunnerFixture.with(preparation: Preparation(ownNetwork: true)) { fixture in
            let network = fixture.executor.tools.network
            _ = await network.cannotBeMade(Self.words, for: .seconds(3600))
            let job = try fixture.job(1, build: "echo ran", trusted: false, ref: GitRef.pullRequest(5))
            let (outcome, log) = try await fixture.run(job)
            #expect(outcome == .success)
            #expect(await log.lines(.build) == ["ran"])
            // The old answer is not kept for later.
            await network.forget()
            #expect(try await network.choice(fixture.instance).problem == nil)
        }
    }

    @Test("the bridge counts for the next controller as well while a job is there")
    func bridgeOfBefore() async throws {
        try await withoutNetwork { fixture in
            let (job, log) = (try fixture.job(build: "echo begin; sleep 600"), MemoryLog())
            let task = Task { try await fixture.run(job, log: log) }
            await log.wait(for: "begin")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }

            let next = fixture.anotherExecutor(preparation: Preparation(ownNetwork: true))
            #expect(try await !isBridgeCounted(fixture, by: next))
            try await next.tools.network.countBridge(ifUsedByJobsOf: "\(fixture.instance)-other")
            #expect(try await !isBridgeCounted(fixture, by: next))
            try await next.tools.network.countBridge(ifUsedByJobsOf: fixture.instance)
            #expect(try await isBridgeCounted(fixture, by: next))
        }
    }

    @Test("no place is prepared on the engine's bridge, where an untrusted job could take it")
    func noPlace() async throws {
        try await RunnerFixture.with(preparation: Preparation(ownNetwork: true)) { fixture in
            _ = await fixture.executor.tools.network.cannotBeMade(Self.words, for: .seconds(3600))
            let error = await #expect(throws: DockerError.self) {
                try await fixture.executor.tools.berths.make(fixture.instance)
            }
            #expect(error?.message == "no network of its own: \(Self.words)")
            let left = try await fixture.containers()
            #expect(left.isEmpty)
        }
    }
}
