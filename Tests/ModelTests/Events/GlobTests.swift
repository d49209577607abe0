import Model
import Testing

@Suite("Globs")
struct GlobTests {
    @Test(
        "Match the whole text",
        arguments: [
            ("main", "main"), ("*", "main"), ("**", "feature/a/b"), ("release/*", "release/1.2"),
            ("**/main", "main"), ("**/main", "a/b/main"), ("src/**", "src/a/b.c"), ("src/**/b.c", "src/b.c"),
            ("src/**/b.c", "src/x/y/b.c"), ("v?.?", "v1.2"), ("debian:*", "debian:bookworm"), ("a**z", "a/b/z"),
            ("?", "ü"), ("*.*", "a.b.c"), ("***", "a/b"), ("", ""), ("**/", "a/"), ("[a]", "[a]"),
        ])
    func matches(pattern: String, text: String) {
        #expect(Glob(pattern).matches(text))
    }

    @Test(
        "Do not match what is only alike",
        arguments: [
            ("main", "mainline"), ("main", "Main"), ("*", "feature/a"), ("release/*", "release/1/2"),
            ("**/main", "xmain"), ("**/main", "a/xmain"), ("src/**", "src"), ("src/**/b.c", "src/xb.c"),
            ("v?", "v/"), ("v?", "v"), ("", "a"), ("a", ""), ("[a]", "a"), ("*.c", ".c/x"),
        ])
    func differs(pattern: String, text: String) {
        #expect(!Glob(pattern).matches(text))
    }

    @Test("A pattern of many stars takes no more time than its length times the text's")
    func noBacktracking() {
        let pattern = String(repeating: "*a", count: 30) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 300)))
        let folders = String(repeating: "**/", count: 30) + "b"
        #expect(!Glob(folders).matches(String(repeating: "a/", count: 150)))
    }
}
