import SeededRandom
import Testing

@testable import Runner

@Suite("Masking of secrets in percent-encoding")
struct SecretPercentTests {
    /// Checks that nothing is shown of the text between two others, and all of the others.
    private func expectMasked(_ form: String, _ secret: String, sourceLocation: SourceLocation = #_sourceLocation) {
        var random = SeededGenerator(seed: UInt64(form.utf8.count))
        let stars = String(repeating: "*", count: form.utf8.count)
        for (before, after) in [("", ""), ("https://bot:", "@git.example.org/x.git\n"), ("50% ", "%"), ("%4_", "\n")] {
            let output = Array("\(before)\(form)\(after)".utf8)
            for most in [1, 2, 3, 7, 1000] {
                let masked = OutputMask.mask(output, ["TOKEN": secret], most: most, &random)
                #expect(
                    String(decoding: masked, as: UTF8.self) == before + stars + after, "\(form)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    private func encoded(_ byte: UInt8, _ random: inout SeededGenerator) -> [UInt8] {
        let digits = String(byte, radix: 16, uppercase: Bool.random(using: &random))
        return Array("%\(digits.count == 1 ? "0" : "")\(digits)".utf8)
    }

    @Test("the password of a URL, as JavaScript and Python write it")
    func passwords() {
        let secret = "Pa$$w0rd+with@sign,and&more"
        expectMasked("Pa$$w0rd+with%40sign,and&more", secret)
        expectMasked("Pa%24%24w0rd%2Bwith%40sign%2Cand%26more", secret)
        expectMasked("Pa%24%24w0rd%2bwith%40sign%2cand%26more", secret)
        expectMasked("Pa$$w0rd+with@sign,and&more", secret)
    }

    @Test("what whole addresses, paths, queries and forms spare")
    func spared() {
        let secret = "pa/ss+wo rd(1)!*:@x,ä"
        for form in [
            "pa/ss+wo%20rd(1)!*:@x,%C3%A4", "pa/ss+wo%20rd(1)!*:@x,ä", "pa%2Fss+wo%20rd(1)!*:@x,%C3%A4",
            "pa%2Fss%2Bwo+rd%281%29%21*%3A%40x%2C%C3%A4", "pa%2Fss%2Bwo+rd(1)!*%3A%40x%2C%C3%A4",
            "pa/ss%2bwo+rd%281%29%21%2a:@x%2c%c3%a4", "pa/ss+wo rd(1)!*:@x,%c3%A4",
        ] { expectMasked(form, secret) }
        // Spared percent signs: what looks encoded is none.
        expectMasked("100%25%20of%2520it", "100% of%20it")
        expectMasked("100%%20of%20it", "100% of%20it")
    }

    @Test("a value that ends with what may begin an escape, at the end of the output")
    func ends() {
        for secret in ["a b%", "a b%4", "a b%%"] {
            expectMasked("a%20" + secret.dropFirst(2), secret)
            expectMasked("a%20" + secret.dropFirst(2).replacing("%", with: "%25"), secret)
        }
    }

    @Test("the lines of a key one by one")
    func lines() {
        let key = "-----BEGIN KEY-----\nMIIEvQIB+DANBg==\n"
        expectMasked("MIIEvQIB%2BDANBg%3D%3D", key)
        expectMasked("-----BEGIN%20KEY-----%0AMIIEvQIB%2BDANBg%3D%3D%0A", key)
        // One search for all that an encoder may spare, instead of one for each set.
        let forms = SecretPatterns(["KEY": String(repeating: key, count: 50)]).percentDecoded
        #expect(forms.map(\.count).reduce(0, +) < 5 * 50 * key.utf8.count)
    }

    @Test("any byte as itself or as an escape, cut at random, and nothing beside it")
    func fuzz() {
        var random = SeededGenerator(seed: 41)
        // Neither digits nor signs, so that what stands beside a value is no part of it.
        let letters = Array("ghijkl!$&'()*+,;=:@/? ü".utf8)
        for round in 0..<400 {
            let names = ["A", "B", "C"].prefix(1 + round % 3)
            var values: [[UInt8]] = []
            var secrets: [String: String] = [:]
            for name in names {
                let text = String(
                    decoding: (0..<Int.random(in: 4...30, using: &random)).map { _ in
                        letters.filter { $0 < 0x80 }.randomElement(using: &random) ?? 0x67
                    }, as: UTF8.self)
                values.append(Array("\(text)ü".utf8))
                secrets[name] = "\(text)ü"
            }
            var (output, expected): ([UInt8], [UInt8]) = ([], [])
            for _ in 0..<20 {
                let beside = ["x", "%", "%5", "\n", "%78", "%%", "x%2", "zz%zz"].randomElement(using: &random) ?? "x"
                // After a sign alone, digits that begin a value would belong to it.
                let between = Array("\(beside)x".utf8)
                output += between
                expected += between
                for byte in values.randomElement(using: &random) ?? [] {
                    let form = Bool.random(using: &random) ? [byte] : encoded(byte, &random)
                    output += form
                    expected += form.map { _ in UInt8(ascii: "*") }
                }
            }
            let masked = OutputMask.mask(output, secrets, most: Int.random(in: 1...40, using: &random), &random)
            #expect(masked == expected, "\(String(decoding: output, as: UTF8.self))")
        }
    }

    @Test("what begins like an escape is shown as soon as it is known to be none")
    func shownAtOnce() {
        var mask = OutputMask(["TOKEN": "hunter2"])
        #expect(mask.mask(Array("50% done\n".utf8), .stdout) == Array("50% done\n".utf8))
        #expect(mask.mask(Array("50%\r".utf8), .stdout) == Array("50%\r".utf8))
        #expect(mask.mask(Array("h%75nt, %68".utf8), .stdout) == Array("h%75nt, ".utf8))
        #expect(mask.finish(.stdout) == Array("%68".utf8))
    }

    @Test("output in escapes is looked at closely only where two bytes begin a value")
    func candidates() {
        let search = SecretSearch(SecretPatterns(["TOKEN": "hunter2hunter2"]))
        func first(_ text: String) -> Int { search.firstCandidate(in: Array(text.utf8), from: 0) }
        #expect(first("10% of %20, %68") == 12)
        #expect(first("a h%75") == 2 && first("50%") == 2 && first("%7z") == 3)
    }

    @Test("a secret that repeats itself takes no longer in percent-encoding")
    func speed() {
        var random = SeededGenerator(seed: 3)
        let output = Array(String(repeating: "a%61%61a", count: 120_000).utf8)
        let start = ContinuousClock.now
        let masked = OutputMask.mask(output, ["A": String(repeating: "a", count: 60_000)], most: 32 << 10, &random)
        #expect(masked.allSatisfy { $0 == UInt8(ascii: "*") })
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
