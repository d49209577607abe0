import Foundation
import SeededRandom
import Testing

@testable import kozmic

/// `kill -9` at random moments, of the controller and of the engine, while builds run. `make kill-test` does it 200 times
/// and with 30 builds; `KOZMIC_KILLS` says how often.
@Suite("kill -9 at random", .enabled(if: geteuid() == 0 && World.engine != nil, "needs root and Docker"))
struct RandomKillTests {
    private static let kills = ProcessInfo.processInfo.environment["KOZMIC_KILLS"].flatMap { Int($0) } ?? 12
    private static let engineKills = max(2, kills / 10)
    private static let builds = min(30, max(6, kills / 6))
    /// Enough for all builds to last as long as the killing does, four at once.
    private static let lines = max(40, kills * 60 / builds)
    private static let tools = 3
    private static let installed = (1...10).map { "install line \($0)\n" }.joined()

    private static let project = """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            install_script: |
              #!/bin/sh
              for n in $(seq 10); do echo "install line $n"; sleep 0.1; done
              cat tools.txt >"$HOME/tools"
            tracked_files: [tools.txt]
            build_script: |
              #!/bin/sh
              while IFS= read -r line; do printf '%s\\n' "$line"; sleep 0.1; done <output.txt
              cat "$HOME/tools"
              exit "$(cat code.txt)"
        """

    /// What a build's commit holds, and so how it has to end.
    private struct Expected {
        var commit = ""
        var output: String
        var tool: String
        var code: Int

        var files: [String: String] { ["output.txt": output, "tools.txt": tool, "code.txt": "\(code)\n"] }
    }

    @Test("The controller and the engine are killed again and again: right outcomes, whole logs, nothing left")
    func survives() async throws {
        let seed =
            ProcessInfo.processInfo.environment["KOZMIC_KILL_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...(.max))
        print(
            "kill -9 at random: seed \(seed), \(Self.kills) kills, \(Self.engineKills) of the engine, \(Self.builds) builds"
        )
        var random = SeededGenerator(seed: seed)
        try await Scratch.with { folder in
            try await PrivateEngine.with("\(folder)/engine") { engine in
                var setup = World.Setup()
                setup.engine = engine.host
                setup.image = "kozmic/tiny:1"
                try await TinyImage.make(setup.image, engine: engine.host, folder: folder)
                try await World.with(["projects/p.yaml": Self.project], setup) { world in
                    let expected = try await killing(world, engine, &random)
                    for (index, build) in expected.enumerated() { try await check(world, build, index) }
                    try await world.expectNoLeftovers()
                    #expect(try await world.cachedImages().count == Self.tools)
                }
            }
        }
    }

    /// Pushes all builds while it kills. Answers what has to come of them, in the order of the builds' numbers.
    private func killing(
        _ world: World, _ engine: PrivateEngine, _ random: inout SeededGenerator
    ) async throws -> [Expected] {
        var builds: [Expected] = []
        func push() async throws {
            guard builds.count < Self.builds else { return }
            var build = Expected(
                output: Self.text(&random), tool: "tool \(builds.count % Self.tools)\n",
                code: builds.count % 5 == 4 ? 3 : 0)
            build.commit = try await world.push(build.files, branch: "branch-\(builds.count)")
            builds.append(build)
        }
        for _ in 0..<(Self.builds + 1) / 2 { try await push() }
        try await world.client.control("GET", "idle?timeout=10000")
        let engineRounds = Set((1...Self.engineKills).map { $0 * Self.kills / Self.engineKills })
        for round in 1...Self.kills {
            // From the middle of the start to a while after it.
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...2500, using: &random)))
            let takesEngine = engineRounds.contains(round)
            if takesEngine { await engine.stop(SIGKILL) }
            // Every other engine is missed by a controller that lives on, or by one that starts without it.
            if !takesEngine || Bool.random(using: &random) {
                await world.kill()
                // Nobody hears GitHub's call about every other one of these.
                if round.isMultiple(of: 2) { try await push() }
                try world.launch(["--max-jobs", "4"])
            }
            if takesEngine { try await engine.start() }
            if !round.isMultiple(of: 2) { try await push() }
        }
        while builds.count < Self.builds { try await push() }
        await world.kill()
        try await world.serve(["--max-jobs", "4"])
        return builds
    }

    private func check(_ world: World, _ build: Expected, _ index: Int) async throws {
        let outcome = try await world.outcome(build.commit, within: .seconds(300))
        let number = try #require(outcome.targetUrl.split(separator: "/").last.flatMap { Int($0) })
        // One hook and no rerun: the numbers of builds and jobs are the same.
        let log = try StoredLog("\(world.dataDirectory)/logs/0/\(number).log")
        let words: Comment =
            "build \(number), pushed as number \(index): \(outcome.description)\n\(log.text(of: .system))"
        let finals = try await world.statuses(build.commit).filter { $0.state != "pending" }.map(\.state)
        #expect(finals == [build.code == 0 ? "success" : "failure"], words)
        // Not the two texts: a report is cut after some thousand letters.
        let difference = Self.difference(log.text(of: .build), build.output + build.tool)
        #expect(difference == nil, words)
        let installed = log.text(of: .install)
        // One of the builds with the same tools made the image, whole.
        #expect(installed.isEmpty || installed == Self.installed, words)
    }

    /// Where two texts begin to differ, with what is around it in each; `nil` if nowhere.
    private static func difference(_ found: String, _ expected: String) -> String? {
        let (found, expected) = (Array(found.utf8), Array(expected.utf8))
        guard found != expected else { return nil }
        let place = zip(found, expected).prefix { $0 == $1 }.count
        func around(_ bytes: [UInt8]) -> String {
            String(decoding: bytes[max(0, place - 40)..<min(bytes.count, place + 80)], as: UTF8.self).debugDescription
        }
        return
            "byte \(place) of \(found.count) in place of \(expected.count): \(around(found)), not \(around(expected))"
    }

    /// Lines that a terminal would make something else of.
    private static func text(_ random: inout SeededGenerator) -> String {
        let pieces = ["a", "Zz", " ", "\t", "\\n", "%s", "ä", "€", "\u{1B}[31m", "$HOME", "\r", "\u{202E}", "'", "::"]
        return (1...lines).map { number in
            let words = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            return "\(number) \(words.joined())\n"
        }.joined()
    }
}
