import Testing
import YAML

@Suite("Scalars mean what YAML 1.2's core schema says")
struct YAMLScalarTests {
    private func value(_ text: String) -> YAMLScalar.Value? { YAMLDocument.parse(text).root?.scalar?.value }

    @Test(
        "Plain words and numbers",
        arguments: [
            ("~", .null), ("null", .null), ("NULL", .null), ("nUll", .string("nUll")),
            ("true", .bool(true)), ("False", .bool(false)), ("tRUE", .string("tRUE")),
            ("on", .string("on")), ("off", .string("off")), ("yes", .string("yes")), ("No", .string("No")),
            ("012", .int(12)), ("0o17", .int(15)), ("0x1F", .int(31)), ("-5", .int(-5)), ("+5", .int(5)),
            ("0o8", .string("0o8")), ("0xZ", .string("0xZ")), ("0x", .string("0x")), ("-0x1", .string("-0x1")),
            ("1_000", .string("1_000")), ("1:30", .string("1:30")), ("60m", .string("60m")), ("--5", .string("--5")),
            ("9223372036854775807", .int(.max)), ("9223372036854775808", .float(9223372036854775808)),
            ("0xFFFFFFFFFFFFFFFF", .float(18446744073709551616)),
            ("1.5", .float(1.5)), (".5", .float(0.5)), ("1.", .float(1)), ("-1e3", .float(-1000)), (".", .string(".")),
            ("1e", .string("1e")), ("1.2.3", .string("1.2.3")), (".inf", .float(.infinity)),
            ("-.INF", .float(-.infinity)), ("+.nan", .string("+.nan")), ("1e5x", .string("1e5x")),
            ("0.0.0.0", .string("0.0.0.0")), ("2024-01-01", .string("2024-01-01")), ("=", .string("=")),
        ] as [(String, YAMLScalar.Value)])
    func plain(text: String, expected: YAMLScalar.Value) {
        #expect(value(text) == expected)
    }

    @Test("Not a number is one")
    func notANumber() throws {
        guard case .float(let number) = try #require(value(".NaN")) else {
            Issue.record("not a float")
            return
        }
        #expect(number.isNaN)
    }

    @Test("Quoted and block scalars are always text", arguments: ["'12'", "\"true\"", "|\n  12", ">\n  null", "''"])
    func text(source: String) {
        guard case .string? = value(source) else {
            Issue.record("\(source) is not a text")
            return
        }
    }

    @Test("Block scalars keep lines, folds and chomping")
    func blocks() {
        let document = YAMLDocument.parse(
            "a: |\n  #!/bin/sh\n  echo 'x: y'\n\n    indented\nb: >-\n  one\n  two\nc: |+\n  z\n\n")
        #expect(document.errors == [])
        #expect(document.root?["a"]?.scalar?.text == "#!/bin/sh\necho 'x: y'\n\n  indented\n")
        #expect(document.root?["a"]?.scalar?.style == .literal)
        #expect(document.root?["b"]?.scalar?.text == "one two")
        #expect(document.root?["b"]?.scalar?.style == .folded)
        #expect(document.root?["c"]?.scalar?.text == "z\n\n")
    }

    @Test("Windows line ends become plain ones")
    func lineEnds() {
        let document = YAMLDocument.parse("a: |\r\n  #!/bin/sh\r\n  echo\r\nb: 1\r\n")
        #expect(document.root?["a"]?.scalar?.text == "#!/bin/sh\necho\n")
        #expect(document.root?["b"]?.start == YAMLPosition(line: 4, column: 4))
    }

    @Test("Core tags decide, and must fit")
    func tags() {
        #expect(value("!!str 12") == .string("12"))
        #expect(value("! 12") == .string("12"))
        #expect(value("!!int '12'") == .int(12))
        #expect(value("!!float 12") == .float(12))
        #expect(
            YAMLDocument.parse("- !!int x").errors == [
                YAMLError(YAMLPosition(line: 1, column: 3), "'x' is not a !!int")
            ])
    }
}
