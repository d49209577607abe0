import Foundation
import Testing

@testable import Git

@Suite("A controller fetches for months")
struct MirrorMemoryTests {
    /// libgit2 1.5 looked for `insteadOf` with a pattern and lost the memory of each look that found nothing.
    @Test("600 fetches keep no memory")
    func fetches() async throws {
        try await Fixture.with { fixture in
            try fixture.git("commit", "-q", "--allow-empty", "-m", "one")
            let mirror = fixture.mirror()
            for _ in 0..<5 { try await mirror.fetch() }
            let before = try Self.residentBytes()
            for _ in 0..<600 { try await mirror.fetch() }
            let kept = try Self.residentBytes() - before
            // It was 29 MB, and is nothing; other tests run beside this one, hence the room.
            #expect(kept < 15 << 20, "\(kept) bytes")
        }
    }

    private static func residentBytes() throws -> Int {
        let numbers = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(numbers.dropFirst().first.flatMap { Int($0) }) << 12
    }
}
