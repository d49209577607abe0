import Model
import SeededRandom
import Testing

@testable import Runner

@Suite("What of an output is in a job's log, and what is not")
struct LogPlaceTests {
    @Test("bytes that the log has are left out, whatever the pieces")
    func skip() {
        var random = SeededGenerator(seed: 20261124)
        let text = (0..<1000).map { UInt8($0 % 251) }
        for stored in [0, 1, 500, 999, 1000, 1001] {
            var skip = LogSkip(stdout: Int64(stored), stderr: 3)
            var (rest, position) = ([UInt8](), 0)
            while position < text.count {
                let end = min(text.count, position + Int.random(in: 1...90, using: &random))
                rest += skip.rest(of: Array(text[position..<end]), from: .stdout)
                position = end
            }
            #expect(rest == Array(text.dropFirst(stored)))
            #expect(skip.rest(of: [1, 2, 3, 4], from: .stderr) == [4])
        }
    }

    @Test("the end of a log that came byte by byte costs no more than one that came at once", .timeLimit(.minutes(1)))
    func smallPieces() {
        var budget = LogBudget(limit: 1 << 20, stored: 0)
        let count = 1_000_000 + (1 << 20)
        for number in 0..<count {
            _ = budget.admit(.init(section: .build, source: .stdout, bytes: [UInt8(number % 251)]))
        }
        #expect(budget.leftOut == 1_000_000)
        let end = (count - (256 << 10)..<count).map { UInt8($0 % 251) }
        #expect(budget.finish().flatMap(\.bytes) == end)
    }

    @Test("the place up to which the log has an output is found in a copy that lost its beginning, whatever the pieces")
    func place() {
        var random = SeededGenerator(seed: 20261130)
        // Each line is there once.
        let text = Array((0..<2000).map { "line \($0)\n" }.joined().utf8)
        func answer(_ copy: some Collection<UInt8>, stored: Int, end: [UInt8]? = nil) -> Int64? {
            var place = LogPlace(count: Int64(stored), end: end ?? Array(text.prefix(stored).suffix(1000)))
            var rest = Array(copy)[...]
            while !rest.isEmpty, !place.isKnown {
                let piece = rest.prefix(Int.random(in: 1...700, using: &random))
                rest = rest.dropFirst(piece.count)
                place.look(at: Array(piece))
            }
            return place.answer
        }
        for stored in [0, 1, 3, 999, 1000, 1001, 9000, text.count] {
            #expect(answer(text, stored: stored) == Int64(stored))
            // Nothing to compare: the count is all there is.
            #expect(answer(text.dropFirst(50), stored: stored, end: []) == Int64(stored))
        }
        for lost in [1, 10, 4000, 8000] {
            #expect(answer(text.dropFirst(lost), stored: 9000) == Int64(9000 - lost))
            #expect(answer(text[lost..<9000], stored: 9000) == Int64(9000 - lost))
        }
        // Begins within what is compared, or after it.
        for lost in [8001, 9000, 9500] { #expect(answer(text.dropFirst(lost), stored: 9000) == nil) }
        // One letter may be masked here and shown there.
        var end = Array(text.prefix(9000).suffix(1000))
        end[500] = UInt8(ascii: "*")
        #expect(answer(text, stored: 9000, end: end) == 9000)
    }

    @Test("a log knows the last bytes of each stream, those of an earlier process too, until nothing more goes into it")
    func ends() async throws {
        let sink = MemoryLog()
        let text = (0..<3000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        try await sink.append(.build, .stdout, Array(text.prefix(1500)))
        let log = await JobLog(sink, limit: 1 << 20)
        #expect(await log.end(.build, .stdout) == Array(text.prefix(1500).suffix(1000)))
        #expect(await log.end(.build, .stderr) == [])
        for byte in text[1500..<1600] { try await log.append(.build, .stdout, [byte]) }
        #expect(await Array(log.end(.build, .stdout).suffix(1000)) == Array(text.prefix(1600).suffix(1000)))
        try await log.append(.build, .stdout, Array(text[1600...]))
        #expect(await Array(log.end(.build, .stdout).suffix(1000)) == Array(text.suffix(1000)))
        let full = await JobLog(sink, limit: 2000)
        #expect(await full.end(.build, .stdout) == [])
    }

    @Test(
        "a line of ours after a restart has a line of its own, without an empty one before it",
        arguments: [
            ("", "note\n"), ("done\n", "done\nnote\n"), ("50%", "50%\nnote\n"), ("50%\r", "50%\r\nnote\n"),
        ])
    func notes(stored: String, expected: String) async throws {
        let sink = MemoryLog()
        // Another stream may have ended in a line that was completed since.
        try await sink.append(.build, .stderr, Array("error".utf8))
        try await sink.append(.system, .system, Array("\nours\n".utf8))
        try await sink.append(.build, .stdout, Array(stored.utf8))
        try await JobLog(sink, limit: 1 << 20).note("note")
        #expect(await sink.text == "error\nours\n" + expected)
    }

    @Test("a log within its limit is untouched; of a longer one the beginning and the end are kept")
    func budget() {
        func written(_ count: Int, limit: Int64, stored: Int64 = 0) -> (bytes: [UInt8], leftOut: Int64) {
            var budget = LogBudget(limit: limit, stored: stored)
            var bytes: [UInt8] = []
            for begin in stride(from: 0, to: count, by: 7) {
                let piece = LogBudget.Piece(
                    section: .build, source: .stdout, bytes: (begin..<min(count, begin + 7)).map { UInt8($0 % 251) })
                bytes += budget.admit(piece)?.bytes ?? []
            }
            let leftOut = budget.leftOut
            return (bytes + budget.finish().flatMap(\.bytes), leftOut)
        }
        let all = (0..<1000).map { UInt8($0 % 251) }
        #expect(written(1000, limit: 1000) == (all, 0))
        #expect(written(1000, limit: 100) == (Array(all.prefix(50) + all.suffix(50)), 900))
        #expect(written(1000, limit: 0) == ([], 1000))
        #expect(written(1000, limit: 100, stored: 100) == ([], 1000))
        #expect(written(1000, limit: 100, stored: 30) == (Array(all.prefix(20) + all.suffix(50)), 930))
    }
}
