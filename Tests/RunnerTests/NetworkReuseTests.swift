import DockerEngine
import Foundation
import Model
import Testing

@testable import Runner

/// Where jobs follow each other closely, the next one gets the network of the one before, if that is as good as new.
@Suite(
    "Networks of jobs that follow each other",
    .enabled(if: RunnerFixture.host != nil, "KOZMIC_TEST_DOCKER_HOST names no engine"), .timeLimit(.minutes(5)))
struct NetworkReuseTests {
    /// Runs `body` with one place ready, and none made after it.
    private func prepared(_ body: (RunnerFixture) async throws -> Void) async throws {
        var preparation = Preparation(berths: 1, ownNetwork: true)
        preparation.quiet = .seconds(600)
        try await RunnerFixture.withPlaces(preparation, body) { fixture in
            let labels: [String: String?] = [Labels.instance: fixture.instance, Labels.berth: nil]
            let left = try await fixture.engine.containers(labels: labels)
            #expect(left.map(\.names) == [])
            #expect(await fixture.executor.tools.berths.folders.names() == [])
        }
    }

    /// Runs a job to its end and cleans up; the name of the network that it was in, and its output.
    private func run(
        _ fixture: RunnerFixture, _ id: Int64, _ script: String = "cat /etc/hosts", trusted: Bool = true
    ) async throws -> (network: String?, lines: [String]) {
        let result = try await fixture.run(try fixture.job(id, build: script, trusted: trusted))
        #expect(result.outcome == .success, "\(result.outcome)")
        let container = try #require(
            try await fixture.engine.containers(labels: [Labels.instance: fixture.instance, Labels.job: "\(id)"]).first)
        await fixture.executor.cleanUp(id, attempt: 1, instance: fixture.instance)
        return (container.labels[Labels.network], await result.log.lines(.build))
    }

    @Test("trusted jobs of one project have one network after the other's end, each with a pipe of its own")
    func shared() async throws {
        try await prepared { fixture in
            let first = try await run(fixture, 1)
            #expect(first.network?.isEmpty == false)
            for id in 2...4 as ClosedRange<Int64> {
                let next = try await run(fixture, id)
                #expect(next.network == first.network && next.lines == first.lines)
            }
        }
    }

    @Test("one that a job changed a file of is thrown away")
    func changed() async throws {
        try await prepared { fixture in
            let script = "sudo sh -c 'echo 127.0.0.1 evil >>/etc/hosts'; grep -c evil /etc/hosts"
            let first = try await run(fixture, 1, script)
            #expect(first.network?.isEmpty == false && first.lines == ["1"])
            let next = try await run(fixture, 2)
            #expect(next.network != first.network && !next.lines.contains { $0.contains("evil") })
        }
    }

    @Test("nobody follows a job that is not trusted")
    func untrusted() async throws {
        try await prepared { fixture in
            let first = try await run(fixture, 1, trusted: false)
            #expect(first.network?.isEmpty == false)
            #expect(try await run(fixture, 2).network == nil)
        }
    }

    @Test("a job that is not trusted follows nobody")
    func follows() async throws {
        try await prepared { fixture in
            let first = try await run(fixture, 1)
            #expect(first.network?.isEmpty == false)
            #expect(try await run(fixture, 2, trusted: false).network == nil)
        }
    }
}
