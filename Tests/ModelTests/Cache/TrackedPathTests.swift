import Model
import Testing

@Suite("Tracked paths")
struct TrackedPathTests {
    @Test(
        "Have one form",
        arguments: [
            ("a/b", "a/b"), ("./a//b/", "a/b"), (".", "."), ("./", "."), ("a/..", "."), ("a/../b", "b"),
            ("a b/ü", "a b/ü"), ("...", "..."), (".git", ".git"),
        ])
    func normalised(path: String, expected: String) throws {
        #expect(try TrackedPath.normalise(path) == expected)
    }

    @Test(
        "Never leave the repository",
        arguments: [
            ("..", .leavesRepository), ("a/../../b", .leavesRepository), ("/etc/passwd", .leavesRepository),
            ("", .empty), ("a\nb", .controlCharacter), ("a\u{7F}", .controlCharacter),
            ("a\u{85}b", .controlCharacter), ("a\u{9F}", .controlCharacter),
        ] as [(String, TrackedPath.Problem)])
    func rejected(path: String, problem: TrackedPath.Problem) {
        #expect(throws: problem) { try TrackedPath.normalise(path) }
    }
}
