import Foundation
import SeededRandom
import Testing

@testable import Runner

@Suite("Masking of secrets in base64 whose lines are broken")
struct SecretWrappingTests {
    private static let lineEnds: Set<UInt8> = [10, 13]

    private func broken(_ letters: [UInt8], width: Int, lineEnd: String) -> [UInt8] {
        Array(
            stride(from: 0, to: letters.count, by: width).map { letters[$0..<min($0 + width, letters.count)] }
                .joined(separator: Array(lineEnd.utf8)))
    }

    private func text(_ count: Int, _ random: inout SeededGenerator) -> String {
        String((0..<count).map { _ in Character(Unicode.Scalar(UInt8.random(in: 0x21...0x7E, using: &random))) })
    }

    @Test(
        "a value behind a prefix is masked in all lines, and nothing beside it",
        arguments: [64, 76], ["\n", "\r\n"])
    func behindPrefix(width: Int, lineEnd: String) {
        var random = SeededGenerator(seed: UInt64(width))
        for round in 0..<150 {
            let token = text(Int.random(in: 12...200, using: &random), &random)
            let prefix = text(Int.random(in: 0...100, using: &random), &random)
            let whole = prefix + token + (round.isMultiple(of: 2) ? "" : text(5, &random))
            var letters = Array(Data(whole.utf8).base64EncodedData())
            if round.isMultiple(of: 3) {
                letters = letters.map { $0 == UInt8(ascii: "+") ? 0x2D : $0 == UInt8(ascii: "/") ? 0x5F : $0 }
            }
            // The letters that depend on the token alone.
            let range = (prefix.utf8.count * 8 + 5) / 6..<(prefix + token).utf8.count * 8 / 6
            let output = broken(letters, width: width, lineEnd: lineEnd)
            let masked = OutputMask.mask(output, ["TOKEN": token], most: round.isMultiple(of: 5) ? 1 : 90, &random)
            let shown = zip(masked, output).filter { !Self.lineEnds.contains($1) }
            #expect(zip(masked, output).allSatisfy { Self.lineEnds.contains($1) == Self.lineEnds.contains($0) })
            for (place, pair) in shown.enumerated() where !range.contains(place) {
                #expect(pair.0 == pair.1, "letter \(place) of \(whole) is not the token's")
            }
            // One letter alone at the end of its line may have been shown before the next line came.
            let clear = range.filter { shown[$0].0 != UInt8(ascii: "*") }
            #expect(clear.isEmpty || clear == [range.lowerBound] && clear[0] % width == width - 1, "\(clear) \(whole)")
        }
    }

    @Test("random outputs, cut at random: the same as a search through all of it without its line ends")
    func fuzz() {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<300 {
            let secrets = ["A": text(4, &random), "B": text(9, &random)]
            let patterns = SecretPatterns(secrets)
            let forms = patterns.encoded.sorted { $0.lexicographicallyPrecedes($1) }
            var output: [UInt8] = []
            for _ in 0..<40 {
                guard let form = forms.randomElement(using: &random) else { break }
                let part = form.prefix(Int.random(in: 0...form.count, using: &random))
                    .suffix(Int.random(in: 1...form.count, using: &random))
                for letter in part {
                    output.append(letter)
                    let ends = ["", "", "", "", "\n", "\r\n", "\n\n\n"].randomElement(using: &random) ?? ""
                    output += Array(ends.utf8)
                }
            }
            let masked = OutputMask.mask(output, secrets, most: Int.random(in: 1...30, using: &random), &random)
            for (place, byte) in expected(output, patterns).enumerated() where masked[place] != byte {
                let isLast = place + 1 < output.count && Self.lineEnds.contains(output[place + 1])
                #expect(isLast && masked[place] == output[place], "byte \(place)")
            }
        }
    }

    /// Line ends of more than two bytes divide what is searched.
    private func expected(_ output: [UInt8], _ patterns: SecretPatterns) -> [UInt8] {
        var parts: [[Int]] = [[]]
        var gap = 0
        for (place, byte) in output.enumerated() {
            gap = Self.lineEnds.contains(byte) ? gap + 1 : 0
            if gap == 3 { parts.append([]) }
            if gap == 0 { parts[parts.count - 1].append(place) }
        }
        var expected = output
        for part in parts {
            let letters = part.map { output[$0] }
            for start in letters.indices {
                for pattern in patterns.encoded where letters[start...].starts(with: pattern) {
                    for place in part[start..<start + pattern.count] { expected[place] = UInt8(ascii: "*") }
                }
            }
        }
        for start in output.indices {
            for pattern in patterns.plain where output[start...].starts(with: pattern) {
                for place in start..<start + pattern.count where !Self.lineEnds.contains(output[place]) {
                    expected[place] = UInt8(ascii: "*")
                }
            }
        }
        return expected
    }

    @Test("a line that ends like the beginning of a form is shown with its line end")
    func lineEndsAtOnce() {
        var mask = OutputMask(["TOKEN": "hunter2hunter2"])
        // Base64 of the value begins with aHVu.
        #expect(mask.mask(Array("ready a\n".utf8), .stdout) == Array("ready a\n".utf8))
        #expect(mask.mask(Array("aHVu\n\n\n".utf8), .stdout) == Array("aHVu\n\n\n".utf8))
    }

    @Test("a value of several lines keeps being found across them")
    func severalLines() {
        var random = SeededGenerator(seed: 5)
        let key = "first line of it\nsecond line\nx"
        let masked = OutputMask.mask(Array("<\(key)>".utf8), ["KEY": key], most: 3, &random)
        let stars = key.map { $0 == "\n" ? "\n" : "*" }.joined()
        #expect(String(decoding: masked, as: UTF8.self) == "<\(stars)>")
    }

    @Test("a secret that repeats itself takes no longer in broken lines")
    func speed() {
        var random = SeededGenerator(seed: 7)
        let letters = Array(Data([UInt8](repeating: UInt8(ascii: "a"), count: 600_000)).base64EncodedData())
        let output = broken(letters, width: 76, lineEnd: "\n")
        let start = ContinuousClock.now
        let masked = OutputMask.mask(output, ["A": String(repeating: "a", count: 60_000)], most: 32 << 10, &random)
        #expect(masked.allSatisfy { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "\n") })
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
