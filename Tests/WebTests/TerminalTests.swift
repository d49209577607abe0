import Foundation
import Testing

@testable import Web

@Suite struct TerminalTests {
    /// What the server makes of a log.
    static func lines(_ text: String) -> [String] {
        var terminal = TerminalText()
        var lines = terminal.feed(Array(text.utf8))
        if terminal.hasUnfinished { lines.append(terminal.unfinished) }
        return lines
    }

    @Test("our 16 colours can be read on the log's ground, and on each other as grounds")
    func palette() {
        for text in 0..<16 {
            #expect(TerminalPalette.contrast(TerminalPalette.colour(text), "#14161c") >= 4.5, "\(text)")
            for ground in 0..<16 {
                let colour = TerminalPalette.text(text, on: ground)
                #expect(
                    TerminalPalette.contrast(colour, TerminalPalette.ground(ground)) >= 4.5, "\(text) on \(ground)")
            }
        }
        #expect(abs(TerminalPalette.contrast("#000000", "#ffffff") - 21) < 0.01)
    }

    @Test("all 256 colours can be read as text on every ground that lines of a log have")
    func legible() {
        // The log in both themes, and lines that are pointed at or found.
        let sheet = String(decoding: PackageResources.kozmic_css, as: UTF8.self)
        for rule in ["--log: #14161c", "--log: #0b0c10", ".ln.on { background: #161c34", "background: #261c00"] {
            #expect(sheet.contains(rule), "\(rule)")
        }
        for ground in ["#14161c", "#0b0c10", "#161c34", "#261c00"] {
            for index in 0..<256 {
                let text = TerminalPalette.legible(index)
                #expect(TerminalPalette.contrast(text, ground) >= 4.5, "\(index), \(text) on \(ground)")
            }
        }
        // What can be read as it is stays as it is, to what three digits say.
        #expect(TerminalPalette.legible(231) == "#ffffff" && TerminalPalette.legible(46) == "#00ff00")
        #expect(TerminalPalette.legible(9) == TerminalPalette.colour(9))
    }

    @Test(
        "colours, styles, progress and what is left out",
        arguments: [
            ("plain <b> & \"'\n", ["plain &lt;b&gt; &amp; &quot;&#39;"]),
            ("\u{1B}[31mred\u{1B}[0m not\n", ["<span class=\"f1\">red</span> not"]),
            ("\u{1B}[1;32;44mx\n", ["<span class=\"f2 b4 bd\">x</span>"]),
            (
                "\u{1B}[91m\u{1B}[38;5;208mx\u{1B}[38;2;255;0;0my\u{1B}[39mz\n",
                ["<span class=\"f208\">x</span><span class=\"f196\">y</span>z"]
            ),
            ("\u{1B}[31ma\nb\n", ["<span class=\"f1\">a</span>", "<span class=\"f1\">b</span>"]),
            ("10%\r50%\r100%\n", ["100%"]), ("windows\r\n", ["windows"]), ("a\r\u{1B}[Kb\n", ["b"]),
            ("\u{1B}[2J\u{1B}[10;5Hx\u{1B}]0;title\u{07}y\u{1B}]8;;http://evil\u{1B}\\z\u{1B}(B\u{1B}cw\n", ["xyzw"]),
            ("a\u{08}\u{07}\u{00}b\tc\n", ["ab\tc"]), ("\u{202E}x\u{200B}\n", ["[U+202E]x[U+200B]"]),
            ("é🙂\n\nend", ["é🙂", "", "end"]), ("\u{1B}[38;5;999mx\u{1B}[;mx\u{1B}[38;2;1mx\n", ["xxx"]),
            ("\u{9B}1mx\n", ["<span class=\"bd\">x</span>"]),
            ("\u{1B}[38;2;1;2;3;48;2;250;0;16mx\n", ["<span class=\"f16 t010203 b196 gfa0010\">x</span>"]),
            ("\u{1B}[38:2::1:2:3mx\n", ["<span class=\"f16 t010203\">x</span>"]),
            ("\u{1B}[38:2:1:2:3;1mx\n", ["<span class=\"f16 t010203 bd\">x</span>"]),
            ("\u{1B}[48:5:7;38:5:208mx\n", ["<span class=\"f208 b7\">x</span>"]),
            ("\u{1B}[4:3mx\u{1B}[4:0my\n", ["<span class=\"ul\">x</span>y"]),
            ("\u{1B}[58;5;1mx\u{1B}[58:2::1:2:3my\u{1B}[>4;2mz\n", ["xyz"]),
            ("10%\u{1B}[2K\u{1B}[1G20%\n", ["20%"]), ("10%\r\u{1B}[K\n", [""]), ("10%\u{1B}[K\n", ["10%"]),
            ("one\ntwo\n\u{1B}[2A\u{1B}[Kuno\n\u{1B}[Kdue\n", ["one", "two", "uno", "due"]),
            ("a\u{1B}]0;title\nb\n", ["a", "b"]), ("a\u{1B}Pq\u{1B}\nb\n", ["a", "b"]), ("a\u{1B}\nb\n", ["a", "b"]),
            ("a\u{1B}[1\nb\n", ["a", "b"]), ("a\u{1B}(\nb\n", ["a", "b"]),
        ] as [(String, [String])])
    func examples(text: String, expected: [String]) {
        #expect(Self.lines(text) == expected)
    }

    @Test("nothing that a log holds becomes a tag, and cutting it anywhere changes nothing")
    func hostile() {
        var random = Random(seed: 11)
        for _ in 0..<3000 {
            let text = Self.noise(&random)
            let whole = Self.lines(text)
            let newlines = text.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(whole.count == newlines || whole.count == newlines + 1, "\(text.debugDescription)")
            for line in whole {
                let rest = Self.withoutSpans(line)
                #expect(!rest.unicodeScalars.contains { $0 == "<" || $0 == ">" }, "\(text.debugDescription)")
                #expect(!rest.unicodeScalars.contains { $0 != "\t" && HTMLText.isInvisible($0) })
            }
            var terminal = TerminalText()
            var pieces: [String] = []
            var scalars = Substring.UnicodeScalarView(text.unicodeScalars)
            while !scalars.isEmpty {
                let piece = scalars.prefix(1 + random.next(4))
                pieces += terminal.feed(Array(String(String.UnicodeScalarView(piece)).utf8))
                scalars = scalars.dropFirst(piece.count)
            }
            if terminal.hasUnfinished { pieces.append(terminal.unfinished) }
            #expect(pieces == whole, "\(text.debugDescription)")
        }
    }

    @Test("bytes that are not UTF-8 do no harm")
    func bytes() {
        var random = Random(seed: 12)
        for _ in 0..<3000 {
            var terminal = TerminalText()
            let bytes = (0..<random.next(60)).map { _ in UInt8(random.next(256)) }
            for line in terminal.feed(bytes) + [terminal.unfinished] {
                #expect(!Self.withoutSpans(line).unicodeScalars.contains("<"))
            }
        }
    }

    @Test(
        "a style can be carried on in a page",
        arguments: ["", "f1", "f255 b0 bd dm it ul iv st", "f16 t010203 b196 gfa0010 bd"])
    func carried(classes: String) {
        #expect(TerminalStyle(classes: classes).classes == classes)
    }

    /// What is left of a line when the spans that are closed are taken away, as a browser sees it: by code points.
    private static func withoutSpans(_ line: String) -> String {
        let span = #/<span class="[a-z0-9 ]+">([^<>]*)<\/span>/#.matchingSemantics(.unicodeScalar)
        return line.replacing(span) { String($0.output.1) }
    }

    /// Text with much of what terminals understand in it.
    static func noise(_ random: inout Random) -> String {
        let words = [
            "a", "word", "<b>", "</span>", "&", "\"", "'", "\n", "\r", "\r\n", "\u{1B}", "\u{1B}[", "\u{1B}[31m",
            "\u{1B}[0m",
            "\u{1B}[1;4m", "\u{1B}[38;5;", "\u{1B}[48;2;10;20;30m", "\u{1B}[7m", "\u{1B}[38:2::1:200:3m", "\u{1B}[4:3m",
            "\u{1B}[38;2;1;2;3m", ":", "\u{1B}[58;5;1m", "\u{1B}[>1m", "\u{1B}[2K", "\u{1B}[G", "\u{1B}[1A",
            "\u{1B}[22;27m", ";", "5", "200", "m",
            "\u{1B}]0;t",
            "\u{07}", "\u{1B}\\", "\u{1B}(B", "\u{9B}", "\u{202E}", "\u{200F}", "\u{FEFF}", "\u{E0041}", "é", "🙂", "\t",
            "\u{0}", "\u{7F}",
            "\u{1B}[K", "\u{1B}[?25l", "e\u{301}", "'\u{301}", "\u{1B}[999999999999999999m", "\u{1B}[:::m", "\u{1B}P",
            " ", "\u{85}", "\u{2028}",
        ]
        return (0..<(1 + random.next(25))).map { _ in words[random.next(words.count)] }.joined()
    }
}
