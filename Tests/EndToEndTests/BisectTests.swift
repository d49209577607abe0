import Foundation
import Model
import Store
import Testing

@testable import kozmic

/// Many commits are pushed at once, the head is red, and the hook wants to know which one did it.
@Suite("Which commit broke it", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct BisectTests {
    private static let project = """
        repository: REPOSITORY
        bisect: auto
        hooks:
          tests:
            image: IMAGE
            build_script: |
              #!/bin/sh
              echo begin
              sleep 2
              test ! -e broken
        """

    @Test("The fifth of eight commits is found, although the controller is killed in between and somebody pushes")
    func fifth() async throws {
        try await World.with(["projects/p.yaml": Self.project]) { world in
            let good = try await world.push(["README": "second\n"])
            try await world.expect(good, "success")
            let commits = try await pushEight(world)
            try await world.expect(commits[7], "failure")

            // The first probe.
            try await world.logShows("begin\n", build: 3)
            let later = try await world.push(["README": "third\n"])
            await world.kill()
            try await world.serve()
            try await world.client.eventually("the end of the search", within: .seconds(120)) {
                world.controllerLog.contains("a bisection ends") ? true : nil
            }
            try await world.expect(later, "failure")
            for (place, state) in [(3, "success"), (5, "failure"), (4, "failure"), (7, "failure")] {
                try await world.expect(commits[place], state)
            }
            for place in [0, 1, 2, 6] { #expect(try await world.statuses(commits[place]).isEmpty) }
            try await world.expect(good, "success")
            try await world.pageShows("_badges/\(world.repository).svg", "failed")
            try await world.expectNoLeftovers()
            await world.stop()
            try await expectFound(world, commits)
        }
    }

    /// Eight commits by one push, the oldest first. The fifth one breaks it.
    private func pushEight(_ world: World) async throws -> [String] {
        let clone = try await world.clone()
        var commits: [String] = []
        for number in 1...8 {
            let name = number == 5 ? "broken" : "file\(number)"
            try Data("\(number)\n".utf8).write(to: URL(filePath: "\(clone)/\(name)"))
            try await Shell.run("git", ["add", "--all"], in: clone, environment: World.gitEnvironment)
            try await Shell.run(
                "git", ["commit", "--quiet", "-m", "Change \(number)"], in: clone, environment: World.gitEnvironment)
            commits.append(
                try await Shell.run("git", ["rev-parse", "HEAD"], in: clone, environment: World.gitEnvironment)
                    .trimmingCharacters(in: .whitespacesAndNewlines))
        }
        try await Shell.run("git", ["push", "--quiet", "origin", "main"], in: clone, environment: World.gitEnvironment)
        return commits
    }

    private func expectFound(_ world: World, _ commits: [String]) async throws {
        let store = try await Store.open(dataDirectory: world.dataDirectory)
        let name = try #require(RepositoryName(world.repository))
        let project = try #require(try await store.project(name))
        let builds = try await store.builds(project.id, limit: 20)
        #expect(builds.map(\.number).sorted() == Array(1...6), "three probes, and nothing twice")
        #expect(builds.filter(\.isOffHead).map(\.commit) == [commits[4], commits[5], commits[3]])
        #expect(builds.allSatisfy { $0.state == .success || $0.state == .failure })
        let failed = try #require(builds.first { $0.number == 2 })
        let job = try #require(try await store.jobs(failed.id).first)
        let report = try #require(try await store.bisection(ofJob: job.id))
        #expect(report.record.state == .found && report.record.goodBuild == 1 && report.record.startedBy == nil)
        #expect(report.culprits.map(\.id) == [commits[4]] && report.culprits.first?.title == "Change 5")
        #expect(report.probes.map(\.commit) == [commits[3], commits[5], commits[4]])
        #expect(report.probes.map(\.attempt) == [1, 1, 1])
        #expect(try await store.latestBuild(project.id, ref: .branch("main"))?.state == .failure)
        await store.close()
    }
}
