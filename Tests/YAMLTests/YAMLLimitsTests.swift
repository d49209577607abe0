import Testing
import YAML

@Suite("Hostile texts are stopped")
struct YAMLLimitsTests {
    @Test("Size")
    func size() {
        let limits = YAMLLimits(bytes: 10)
        #expect(YAMLDocument.parse("a: 1234567", limits: limits).errors == [])
        #expect(YAMLDocument.parse("a: 12345678", limits: limits).errors.map(\.position) == [.start])
    }

    @Test("Depth, in either style", arguments: [("[", 65), ("{a: ", 257), ("- ", 129), ("? ", 129)])
    func depth(opening: String, column: Int) {
        let text = String(repeating: opening, count: 100_000)
        let expected = YAMLError(YAMLPosition(line: 1, column: column), "nested deeper than 64 levels")
        #expect(YAMLDocument.parse(text).errors.contains(expected))
        let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(YAMLDocument.parse(allowed).errors == [])
    }

    @Test("A billion laughs are counted, not laughed")
    func laughs() {
        var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let error = YAMLDocument.parse(text).errors.first
        #expect(error?.message == "more than 100000 values")
        #expect(error?.position.line == 6)
    }

    @Test("Aliases cannot nest deeper than brackets can")
    func aliasDepth() {
        var text = "a0: &a0 x\n"
        for level in 1...100 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(YAMLDocument.parse(text).errors.first?.message == "nested deeper than 64 levels")
    }

    @Test("Number of values")
    func nodes() {
        let text = String(repeating: "- a\n", count: 200)
        #expect(YAMLDocument.parse(text, limits: YAMLLimits(nodes: 201)).errors == [])
        #expect(
            YAMLDocument.parse(text, limits: YAMLLimits(nodes: 200)).errors
                == [YAMLError(YAMLPosition(line: 200, column: 3), "more than 200 values")])
    }

    @Test("Number of mistakes")
    func mistakes() {
        let text = String(repeating: "a: 1\n", count: 10_000)
        let errors = YAMLDocument.parse(text).errors
        #expect(errors.count == 100)
    }

    @Test(
        "A megabyte of anything is read or refused within seconds",
        arguments: [
            "%TAG !a! b\n", "&a ", "*a ", "!a ", "? ", ": ", "- ", "-\n", "[", "]", "{", "{a,", "'", "\"", "\\", "|",
            ">\n ",
            "# ", "\n", " ", "\r", "a:\n ", "a: ", "a,", "--- \n", "...\n", "\"a\": ", "a: |\n", "ä", "[a: ", "!<a> ",
        ])
    func repeated(piece: String) {
        let text = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        let clock = ContinuousClock()
        let elapsed = clock.measure { _ = YAMLDocument.parse(text) }
        #expect(elapsed < .seconds(10), "\(piece) took \(elapsed)")
    }
}
