import Foundation
import Testing

@testable import Git

@Suite("A controller fetches for months")
struct MirrorMemoryTests {
    /// libgit2 1.5 looked for `insteadOf` with a pattern and lost the memory of each look that found nothing.
    @Test("hundreds of fetches keep no memory")
    func fetches() async throws {
        try await Fixture.with { fixture in
            try fixture.git("commit", "-q", "--allow-empty", "-m", "one")
            let mirror = fixture.mirror()
            for _ in 0..<5 { try await mirror.fetch() }
            // It was 10 MB in each round, and is nothing. Other tests run in this process too, so one round without growth
            // is what tells.
            var least = Int.max
            for _ in 0..<30 where least >= 4 << 20 {
                let before = try Self.residentBytes()
                for _ in 0..<200 { try await mirror.fetch() }
                least = min(least, try Self.residentBytes() - before)
            }
            #expect(least < 4 << 20, "\(least) bytes")
        }
    }

    private static func residentBytes() throws -> Int {
        let numbers = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(numbers.dropFirst().first.flatMap { Int($0) }) << 12
    }
}
