import LineForms
import Testing

@testable import Web

@Suite("The keys of a log's lines")
struct LineKeysTests {
    @Test("of a long line that was written over, the last of it counts")
    func progress() {
        func key(_ text: String, cutAt cut: Int) -> [UInt64] {
            let bytes = Array(text.utf8)
            var keys = LineKeys(at: 0)
            keys.feed(Array(bytes[..<cut]))
            keys.feed(Array(bytes[cut...]))
            return keys.keys
        }
        let bar = String(repeating: "12% of it\r", count: 4 * LineForm.lengthLimit / 10)
        for cut in [0, 17, LineForm.lengthLimit + 3, bar.utf8.count - 1, bar.utf8.count + 2] {
            #expect(key(bar + "error: no space\r\n", cutAt: cut) == key("error: no space\n", cutAt: 0), "\(cut)")
            #expect(key(bar + "done\n", cutAt: cut) != key(bar + "error\n", cutAt: 0), "\(cut)")
        }
    }

    @Test("keys are those of whole lines, wherever the bytes are cut")
    func pieces() {
        let text = Array("one\n\ntwo 1.5s\nthree".utf8)
        func keys(_ pieces: [[UInt8]], isCut: Bool = false, keeping limit: Int = .max) -> LineKeys {
            var keys = LineKeys(at: 100, isCut: isCut, keeping: limit)
            for piece in pieces { keys.feed(piece) }
            keys.end()
            return keys
        }
        let whole = keys([text])
        #expect(whole.keys.count == 4 && whole.begin == 100 && whole.lineStart == 114)
        for cut in 0...text.count {
            let pieces = [Array(text[..<cut]), Array(text[cut...])]
            #expect(keys(pieces).keys == whole.keys, "\(cut)")
            // The end of a line that begins before it has no key.
            let rest = keys(pieces, isCut: true)
            #expect(rest.keys == Array(whole.keys.dropFirst()) && rest.begin == 104, "\(cut)")
        }
        let last = keys([text], keeping: 1).last
        #expect(Array(last.keys) == [whole.keys[3]] && last.dropped == 3)
        #expect(keys([Array("a\n".utf8)]).keys.count == 1)
    }
}
