import Foundation
import Testing

extension ControllerSuites {
    @Suite("Soak")
    struct SoakTests {
        /// `make soak` asks for 1,000.
        private static let commits = setting("KOZMIC_SOAK_COMMITS") ?? 40
        private static let seed = UInt64(setting("KOZMIC_SOAK_SEED") ?? 20_261_126)

        private static func setting(_ name: String) -> Int? {
            ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
        }

        @Test(
            "random commits, hands and faults: the end state is always the declared one, and then nothing is written",
            .timeLimit(.minutes(commits > 100 ? 60 : 5)))
        func soak() async throws {
            try await GitHubWorld.with { world in
                let soak = try await SoakWorld(world, seed: Self.seed, repositories: 8)
                for number in 1...Self.commits {
                    try await soak.commit()
                    if soak.chance(40) { try await soak.meddle() }
                    for _ in 0..<(soak.chance(60) ? Int.random(in: 1...3, using: &soak.random) : 0) {
                        try await soak.spoil()
                    }
                    await soak.pass()
                    if soak.chance(40) || number == Self.commits { try await soak.settle() }
                }
            }
        }
    }
}
