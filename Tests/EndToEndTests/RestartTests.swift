import Foundation
import Testing

@testable import kozmic

/// Restarts, polite and otherwise.
@Suite("Restarts", .enabled(if: World.engine != nil, "KOZMIC_TEST_DOCKER_HOST is not set"))
struct RestartTests {
    @Test("SIGTERM leaves the running container alone, and the next process continues it")
    func graceful() async throws {
        let script = "#!/bin/sh\nfor n in $(seq 100); do echo \"line $n\"; sleep 0.1; done\necho end >&2"
        try await World.with(Project.file(script)) { world in
            let commit = try await world.push(["a": "1"])
            try await world.logShows("line 5\n")
            let before = try await world.containers()
            #expect(await world.stop(), "the controller did not end by itself")
            let after = try await world.containers()
            #expect(before.count == 1 && after == before)
            #expect(try await world.docker("inspect", "--format", "{{.State.Running}}", before[0]) == "true")
            #expect(try await world.statuses(commit).allSatisfy { $0.state == "pending" })
            try await world.serve()
            try await world.expect(commit, "success")
            let lines = try await world.log(build: 1).split(separator: "\n").map(String.init)
            #expect(lines.filter { $0.hasPrefix("line") } == (1...100).map { "line \($0)" })
            #expect(lines.contains { $0.hasPrefix("Continuing with the build script") })
            #expect(lines.filter { $0 == "end" }.count == 1)
            try await world.expectNoLeftovers()
        }
    }

    @Test("20 times kill -9 at random while 10 builds run")
    func soak() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = Random(state: seed)
        let lines = 25
        let install = """
            #!/bin/sh
            for n in $(seq 10); do echo "install line $n"; sleep 0.1; done
            cat tools.txt >"$HOME/tools"
            """
        let build = """
            #!/bin/sh
            for n in $(seq \(lines)); do echo "build line $n"; echo "error line $n" >&2; sleep 0.1; done
            cat "$HOME/tools"
            """
        let files = Project.file(build, install: install, more: "    tracked_files: [tools.txt]\n")
        print("kill -9 at random: seed \(seed)")
        try await World.with(files) { world in
            func push(_ number: Int) async throws -> String {
                try await world.push(["tools.txt": "tool \(number % 3) of \(seed)\n"], branch: "branch-\(number)")
            }
            var commits: [String] = []
            for number in 1...5 { commits.append(try await push(number)) }
            try await world.client.control("GET", "idle?timeout=10000")
            for round in 1...20 {
                // From the middle of the start to a while after it.
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...1500, using: &random)))
                await world.kill()
                // Nobody hears GitHub's call about every other one of these.
                if round % 4 == 0, commits.count < 10 { commits.append(try await push(commits.count + 1)) }
                try world.launch(["--max-jobs", "4"])
                if round % 4 == 2, commits.count < 10 { commits.append(try await push(commits.count + 1)) }
            }
            await world.kill()
            try await world.serve(["--max-jobs", "4"])
            for (index, commit) in commits.enumerated() {
                try await world.expect(commit, "success")
                let url = try await world.outcome(commit).targetUrl
                let number = try #require(url.split(separator: "/").last.flatMap { Int($0) })
                let log = try await world.log(build: number).split(separator: "\n").map(String.init)
                expect(log, "build line", lines)
                expect(log, "error line", lines)
                #expect(log.contains("tool \((index + 1) % 3) of \(seed)"))
                // One of the builds with the same tools made the image, whole.
                if log.contains("install line 1") { expect(log, "install line", 10) }
            }
            try await world.expectNoLeftovers()
            #expect(try await world.cachedImages().count == 3)
        }
    }

    /// The log has these lines, each once and in their order.
    private func expect(_ log: [String], _ word: String, _ count: Int) {
        let found = log.filter { $0.hasPrefix(word) }
        #expect(found == (1...count).map { "\(word) \($0)" })
    }

    /// Splitmix64.
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
