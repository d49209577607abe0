import Model
import Testing

@Suite("Patterns of paths")
struct PathPatternTests {
    @Test(
        "Match files, and all below a folder that they name",
        arguments: [
            ("docs", "docs/a/b.md"), ("docs", "docs"), ("a/b.c", "a/b.c"), ("src/**", "src/x"), ("*.md", "a.md"),
            ("**", "a/b"), ("**/docs/**", "a/docs/b"),
        ])
    func matches(pattern: String, path: String) {
        #expect(PathPattern(pattern).matches(path))
        #expect(PathPattern(pattern).pattern == pattern)
    }

    @Test(
        "Do not match what is only alike",
        arguments: [
            ("docs", "docs2/a"), ("docs", "a/docs"), ("docs", "Docs/a"), ("*.md", "docs/a.md"), ("src/*", "src/a/b"),
            ("s?c", "src/a"),
        ])
    func differs(pattern: String, path: String) {
        #expect(!PathPattern(pattern).matches(path))
    }

    @Test(
        "Have the form in which git writes paths",
        arguments: [
            ("./src/**", "src/**"), ("docs/", "docs/**"), ("src//x", "src/x"), ("a/./b", "a/b"), (".", "**"),
            ("./", "**"), ("docs/**", "docs/**"), ("docs/**/", "docs/**"), ("*/", "*/**"), ("docs/.", "docs/**"),
            (".github", ".github"), ("a..b", "a..b"),
        ])
    func normalised(pattern: String, expected: String) {
        #expect(PathPattern.normalise(pattern) == expected)
    }

    @Test("Never leave the repository", arguments: ["..", "../a", "a/../b", "a/..", "/a", "/"])
    func outside(pattern: String) {
        #expect(PathPattern.normalise(pattern) == nil)
    }
}
