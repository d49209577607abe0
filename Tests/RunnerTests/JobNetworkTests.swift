import DockerEngine
import Model
import Testing

@testable import Runner

@Suite(
    "The network of jobs on a real engine",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct JobNetworkTests {
    private static let words = "could not find an available, non-overlapping IPv4 address pool"

    @Test("without addresses an untrusted job does not run, a trusted one is on the engine's bridge")
    func noAddresses() async throws {
        try await RunnerFixture.with(preparation: Preparation(ownNetwork: true)) { fixture in
            let network = fixture.executor.tools.network
            _ = try await network.cannotBeMade(Self.words)
            let ref = GitRef.pullRequest(5)
            let (refused, log) = try await fixture.run(
                fixture.job(1, build: "echo ran", trusted: false, ref: ref), log: MemoryLog())
            #expect(refused == JobOutcome(state: .error, reason: JobNetwork.refusal(Self.words)))
            #expect(refused.reason?.contains("docker network prune") == true)
            #expect(await log.lines(.build) == [])
            #expect(try await fixture.containers().isEmpty)

            let (outcome, trusted) = try await fixture.run(fixture.job(2, build: "hostname -I"), log: MemoryLog())
            #expect(outcome == .success)
            #expect(await trusted.text.contains("No network of its own (\(Self.words))"))
            let address = try #require(await trusted.lines(.build).first?.split(separator: " ").first)
            #expect(await fixture.executor.isJobAddress(String(address)))
            #expect(await !fixture.executor.isJobAddress("192.0.2.1"))
        }
    }

    @Test("no place is prepared on the engine's bridge, where an untrusted job could take it")
    func noPlace() async throws {
        try await RunnerFixture.with(preparation: Preparation(ownNetwork: true)) { fixture in
            _ = try await fixture.executor.tools.network.cannotBeMade(Self.words)
            let error = await #expect(throws: DockerError.self) {
                try await fixture.executor.tools.berths.make(fixture.instance)
            }
            #expect(error?.message == "no network of its own: \(Self.words)")
            #expect(try await fixture.containers().isEmpty)
        }
    }
}
