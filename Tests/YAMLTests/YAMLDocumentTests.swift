import Testing
import YAML

@Suite("Texts become trees with places, or errors with places")
struct YAMLDocumentTests {
    @Test("Every node knows where it stands, in characters")
    func positions() throws {
        let text = "# comment\nhooks:\n  - {ä: 'öü', key: [1, two]}\n  - |\n    x\nlast: end\n"
        let root = try #require(YAMLDocument.parse(text).root)
        #expect(root.start == YAMLPosition(line: 2, column: 1))
        let list = try #require(root["hooks"]?.elements)
        #expect(list[0].start == YAMLPosition(line: 3, column: 5))
        #expect(list[0].end == YAMLPosition(line: 3, column: 29))
        #expect(list[0]["ä"]?.start == YAMLPosition(line: 3, column: 9))
        #expect(list[0]["ä"]?.end == YAMLPosition(line: 3, column: 13))
        #expect(list[0]["key"]?.elements?.last?.start == YAMLPosition(line: 3, column: 24))
        #expect(list[1].start == YAMLPosition(line: 4, column: 5))
        #expect(root["last"]?.start == YAMLPosition(line: 6, column: 7))
    }

    @Test(
        "A text without a document has no tree and no error", arguments: ["", "\n\n", "# only a comment\n", "\u{FEFF}"])
    func nothing(text: String) {
        #expect(YAMLDocument.parse(text) == YAMLDocument(root: nil, errors: []))
    }

    @Test("A byte order mark at the start moves nothing")
    func byteOrderMark() {
        let document = YAMLDocument.parse("\u{FEFF}a: b\n")
        #expect(document.root?.start == .start)
        #expect(document.root?["a"]?.start == YAMLPosition(line: 1, column: 4))
    }

    @Test("Aliases stand for their anchors and keep the anchors' places")
    func aliases() throws {
        let document = YAMLDocument.parse("a: &x {k: v}\nb: *x\nc: [*x, *x]\n")
        #expect(document.errors == [])
        #expect(document.root?["b"] == document.root?["a"])
        #expect(document.root?["c"]?.elements?.count == 2)
    }

    @Test("Keys are compared as text, and every repetition is reported")
    func duplicates() {
        let document = YAMLDocument.parse("a: 1\nb: 2\na: 3\n'b': {x: 1, x: 2}\n")
        #expect(
            document.errors == [
                YAMLError(YAMLPosition(line: 3, column: 1), "duplicate key 'a', first at line 1"),
                YAMLError(YAMLPosition(line: 4, column: 1), "duplicate key 'b', first at line 2"),
                YAMLError(YAMLPosition(line: 4, column: 13), "duplicate key 'x', first at line 4"),
            ])
        #expect(document.root?["a"]?.scalar?.value == .int(1))
    }

    @Test(
        "Broken texts, each with the place of the mistake",
        arguments: [
            ("a: b: c\n", 1, 5, "mapping values are not allowed"),
            ("a: [1, 2\nb: 3\n", 2, 2, "did not find expected ',' or ']'"),
            ("a: 1\n b: 2\n", 2, 3, "mapping values are not allowed"),
            ("a:\n\tb: 1\n", 2, 1, "tabs cannot indent"),
            ("a: 'open\n", 2, 1, "unexpected end of stream"),
            ("a: \"\\q\"\n", 1, 5, "unknown escape"),
            ("a: @x\n", 1, 4, "needs quotes"),
            ("a: *nobody\n", 1, 4, "names nothing"),
            ("a: &x [*x]\n", 1, 8, "names nothing"),
            ("<<: {a: 1}\n", 1, 1, "merge keys"),
            ("a: 1\n---\nb: 2\n", 2, 1, "a second document"),
            ("[a]: b\n", 1, 1, "cannot be a key"),
            ("{a: b}: c\n", 1, 1, "cannot be a key"),
            ("a: !secret x\n", 1, 4, "the tag !secret is not supported"),
            ("a: !!binary x\n", 1, 4, "the tag !!binary is not supported"),
            ("a: !!seq {}\n", 1, 4, "the tag !!seq is not supported"),
            ("a: !x!y z\n", 1, 4, "undefined tag handle"),
            ("- a\n b\n- c: d\n  e\n", 5, 1, "could not find expected ':'"),
            ("a: x\u{0}y\n", 1, 5, "control character U+00"),
            ("ä: x\u{2028}y\n", 1, 5, "line separator U+2028"),
            ("ab\u{FEFF}\n", 1, 3, "byte order mark"),
            ("%YAML 3.0\n---\na\n", 1, 1, "incompatible YAML document"),
        ])
    func broken(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(YAMLDocument.parse(text).errors.first)
        #expect(error.position == YAMLPosition(line: line, column: column), "\(error)")
        #expect(error.message.contains(message), "\(error)")
    }

    @Test(
        "Bytes that are not UTF-8, at their place",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
            [0xE0, 0x80, 0xAF],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let document = YAMLDocument.parse(Array("a: 1\nö: ".utf8) + bytes)
        #expect(document.errors.map(\.position) == [YAMLPosition(line: 2, column: 4)])
        #expect(document.errors.first?.message.hasPrefix("not UTF-8: byte 0x") == true)
    }

    @Test("What stands before a mistake is still there")
    func partial() {
        let document = YAMLDocument.parse("repository: acme/widget\nhooks:\n  tests: {image: x}\n  broken: [1,\n")
        #expect(document.errors.count == 1)
        #expect(document.root?["repository"]?.scalar?.text == "acme/widget")
        #expect(document.root?["hooks"]?["tests"]?["image"]?.scalar?.text == "x")
    }

    @Test("The same text in UTF-16 is rejected, not misread")
    func utf16() {
        #expect(YAMLDocument.parse([0xFF, 0xFE, 0x61, 0x00]).errors.count == 1)
    }
}
