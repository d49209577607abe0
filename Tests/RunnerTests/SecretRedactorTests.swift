import Foundation
import SeededRandom
import Testing

@testable import Runner

@Suite("Masking of secrets in output")
struct SecretRedactorTests {
    /// Feeds the text in pieces, and checks that the length is kept.
    private func mask(_ text: String, _ secrets: [String: String], pieces: Int = .max) -> String {
        mask(Array(text.utf8), secrets, pieces: pieces)
    }

    private func mask(_ bytes: [UInt8], _ secrets: [String: String], pieces: Int) -> String {
        var mask = OutputMask(secrets)
        var output: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            output += mask.mask(Array(rest.prefix(pieces)), .stdout)
            rest = rest.dropFirst(pieces)
        }
        output += mask.finish(.stdout)
        #expect(output.count == bytes.count)
        return String(decoding: output, as: UTF8.self)
    }

    @Test("a value is masked wherever it stands, however it is cut", arguments: [1, 2, 3, 5, 1000])
    func chunks(pieces: Int) {
        let secrets = ["A": "hunter2", "B": "hunted"]
        #expect(mask("x hunter2hunter2 y", secrets, pieces: pieces) == "x ************** y")
        #expect(mask("hunthunter2", secrets, pieces: pieces) == "hunt*******")
        #expect(mask("hunte", secrets, pieces: pieces) == "hunte")
        #expect(mask("huntehunted", secrets, pieces: pieces) == "hunte******")
        #expect(mask("the hunt is on", secrets, pieces: pieces) == "the hunt is on")
    }

    @Test("secrets that overlap or hold each other are masked to their ends", arguments: [1, 3, 1000])
    func overlaps(pieces: Int) {
        #expect(mask("xabcdefx", ["A": "abcd", "B": "cdef"], pieces: pieces) == "x******x")
        #expect(mask("xabcdefgx", ["A": "abcdefg", "B": "cdef"], pieces: pieces) == "x*******x")
        #expect(mask("xabcdefx", ["A": "abcdefg", "B": "cdef"], pieces: pieces) == "xab****x")
        #expect(mask("aaaaaaaax", ["A": "aaaaa"], pieces: pieces) == "********x")
    }

    @Test("each line of a value of several lines, and its line ends stay")
    func lines() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n"
        let stars = String(key.map { $0 == "\n" ? "\n" : "*" })
        #expect(mask("a\n\(key)b", ["KEY": key]) == "a\n\(stars)b")
        #expect(mask("+ echo kqhkiG9w0BAQEF", ["KEY": key]) == "+ echo **************")
    }

    @Test("base64 at any offset and with broken lines")
    func base64() {
        let token = "s3cret/+token~with ümlaut"
        for prefix in ["", "u", "us", "user:"] {
            let text = Data("\(prefix)\(token)".utf8).base64EncodedString()
            for text in [text, text.replacing("+", with: "-").replacing("/", with: "_")] {
                let masked = mask(text, ["TOKEN": token])
                // What depends on the neighbours may show: less than a byte of the value on either side.
                let clear = masked.filter { $0 != "*" }
                #expect(clear.count <= prefix.utf8.count * 4 / 3 + 4, "\(masked)")
                #expect(!masked.contains(text.dropFirst(10).prefix(6)))
            }
        }
        let long = String((0..<200).map { _ in "abcdefghij".randomElement() ?? "a" })
        let broken = Data("\(long)\n".utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithLineFeed,
        ])
        #expect(mask(broken, ["TOKEN": long]).filter { $0 != "*" && $0 != "\n" }.count <= 4)
    }

    @Test("URL-encoded and as a string in JSON")
    func encodings() {
        let token = "p@ss word/\"quote\"\nü+1"
        for text in [
            "p%40ss%20word%2F%22quote%22%0A%C3%BC%2B1", "p%40ss+word%2f%22quote%22%0a%c3%bc%2b1",
            "p%40ss%20word/%22quote%22%0A%C3%BC%2B1", #"p@ss word/\"quote\"\nü+1"#, #"p@ss word\/\"quote\"\n\u00fc+1"#,
        ] {
            #expect(mask("<\(text)>", ["TOKEN": token]) == "<\(String(repeating: "*", count: text.utf8.count))>")
        }
    }

    @Test("a value of three characters is not masked, and its name is told")
    func short() {
        #expect(mask("abc abcd", ["A": "abc", "B": "abcd"]) == "abc ****")
        #expect(SecretPatterns(["Z": "abc", "A": "x", "B": "abcd"]).unmasked == ["A", "Z"])
    }

    @Test(
        "a value of line ends only has forms as any other",
        arguments: ["\n\n\n\n", "\r\n\r\n", String(repeating: "\n", count: 9)])
    func lineEndsOnly(value: String) {
        let text = "before\(value)after"
        #expect(mask(text, ["A": value]) == text)
        let encoded = Data(value.utf8).base64EncodedString().prefix(value.utf8.count * 8 / 6)
        #expect(mask("<\(encoded)>", ["A": value]) == "<\(String(repeating: "*", count: encoded.count))>")
        #expect(SecretPatterns(["A": value]).unmasked.isEmpty)
    }

    @Test("without secrets, bytes pass as they are")
    func nothing() {
        var mask = OutputMask([:])
        #expect(mask.mask([1, 2, 3], .stdout) == [1, 2, 3])
        #expect(mask.finish(.stdout).isEmpty)
    }

    @Test("an output is looked at closely only where two bytes begin a form, and where one does at its end")
    func candidates() {
        // Base64 of the value begins with aHVu, h1bn or odW5, by its offset.
        let search = SecretSearch(SecretPatterns(["TOKEN": "hunter2hunter2"]))
        func first(_ text: String, from start: Int = 0) -> Int {
            search.firstCandidate(in: Array(text.utf8), from: start)
        }
        #expect(first("hat and a hen, hunter") == 15)
        #expect(first("hunter hunter", from: 1) == 7)
        #expect(first("at aH") == 3 && first("an a\n") == 3 && first("an a\r\n") == 3)
        #expect(first("h1") == 0 && first("u\nx") == 3)
        #expect(first("x h") == 2 && first("x a") == 2 && first("x y") == 3)
        #expect(first("") == 0 && first("h") == 0 && first("y") == 1 && first("hu", from: 2) == 2)
    }

    @Test("random outputs, cut at random: the same as a search through all of it")
    func fuzz() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<400 {
            var secrets: [String: String] = [:]
            for name in 0..<Int.random(in: 1...4, using: &random) {
                let count = Int.random(in: 4...9, using: &random)
                secrets["S\(name)"] = String((0..<count).map { _ in "ab".randomElement(using: &random) ?? "a" })
            }
            let output = (0..<300).map { _ in UInt8.random(in: 0x61...0x62, using: &random) }
            let patterns = SecretPatterns(secrets).plain.union(SecretPatterns(secrets).encoded)
            var expected = output
            for start in output.indices {
                for pattern in patterns where output[start...].starts(with: pattern) {
                    for place in start..<start + pattern.count { expected[place] = UInt8(ascii: "*") }
                }
            }
            let pieces = Int.random(in: 1...50, using: &random)
            #expect(mask(output, secrets, pieces: pieces) == String(decoding: expected, as: UTF8.self))
        }
    }

    @Test("a secret that repeats itself, and an output that does, take no longer than others")
    func speed() {
        let secrets = ["A": String(repeating: "a", count: 60_000)]
        let output = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        let start = ContinuousClock.now
        let masked = mask(output, secrets, pieces: 32 << 10)
        #expect(masked.allSatisfy { $0 == "*" })
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
