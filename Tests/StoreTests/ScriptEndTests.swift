import Foundation
import SeededRandom
import Testing

@testable import Store

@Suite("The end of what a script wrote")
struct ScriptEndTests {
    private typealias Piece = (section: UInt8, source: UInt8, text: String)

    private func output(_ fixture: Fixture, _ job: Int64, _ pieces: [Piece], limit: Int = 100) async throws
        -> (section: UInt8, text: String)?
    {
        let writer = try await fixture.store.logs.writer(job)
        for piece in pieces {
            try await writer.append(section: piece.section, source: piece.source, Array(piece.text.utf8))
        }
        try await writer.close()
        return try await fixture.store.logs.reader(job).scriptEnd(limit).map {
            ($0.section, String(decoding: $0.bytes, as: UTF8.self))
        }
    }

    @Test("is that of the script that wrote last, both streams, without what the controller says")
    func sections() async throws {
        try await Fixture.with { fixture in
            let build = try await output(
                fixture, 1,
                [
                    (0, 0, "preparing\n"), (1, 1, "installing\n"), (0, 0, "running\n"), (2, 1, "one\n"), (2, 2, "two"),
                    (0, 0, "\nleft out\n"), (2, 1, " three\n"), (0, 0, "failed\n"),
                ])
            #expect(build?.section == 2 && build?.text == "one\ntwo three\n")
            let install = try await output(fixture, 2, [(0, 0, "a\n"), (1, 2, "no disk\n"), (0, 0, "failed\n")])
            #expect(install?.section == 1 && install?.text == "no disk\n")
            #expect(try await output(fixture, 3, [(0, 0, "no image\n")]) == nil)
            #expect(try await output(fixture, 4, []) == nil)
            #expect(try await fixture.store.logs.reader(5).scriptEnd(100) == nil)
        }
    }

    @Test("has its bound, wherever that is in what was written, and however small the pieces were")
    func bounds() async throws {
        try await Fixture.with { fixture in
            let pieces: [Piece] = [(2, 1, "abc"), (0, 0, "\nx\n"), (2, 2, "def"), (2, 1, "ghi"), (0, 0, "\nend\n")]
            for limit in 0...10 {
                let end = try await output(fixture, 10 + Int64(limit), pieces, limit: limit)
                #expect(end?.text == String("abcdefghi".suffix(limit)), "\(limit)")
            }
            let text = (0..<1_500).map { "\($0)\n" }.joined()
            let bytewise = text.map { Piece(section: 2, source: 1, text: String($0)) }
            #expect(text.utf8.count > 3 * 1_024)
            for limit in [5_000, 10_000] {
                let end = try await output(fixture, 30 + Int64(limit), bytewise, limit: limit)
                #expect(end?.text == String(text.suffix(limit)))
            }
        }
    }

    @Test("no records make it stumble")
    func hostile() async throws {
        try await Fixture.with { fixture in
            var random = SeededGenerator(seed: 28)
            let logs = fixture.store.logs
            _ = try await output(fixture, 1, [(2, 1, String(repeating: "line\n", count: 100))])
            let paths = LogPaths(logs.folder, 1)
            for round in 0..<200 {
                // Now and then more than are read at once, so that the first ones give where the others begin.
                let count = round % 10 == 0 ? 1_100 : Int.random(in: 0...8, using: &random)
                var records: [UInt8] = []
                var end: Int64 = 0
                for _ in 0..<count {
                    end += Int64.random(in: 0...40, using: &random)
                    if Int.random(in: 0..<50, using: &random) == 0 {
                        end = Int64.random(in: .min ... .max, using: &random)
                    }
                    let section = UInt8.random(in: 0...3, using: &random)
                    withUnsafeBytes(of: end.littleEndian) { records += $0 }
                    records += random.bytes(8) + [section, 1, 0, 0, 0, 0, 0, 0]
                    if end < 0 || end > 1_000 { end = 0 }
                }
                records += random.bytes(Int.random(in: 0..<24, using: &random))
                try Data(records).write(to: URL(filePath: paths.chunks))
                let found = try await logs.reader(1).scriptEnd(64)
                #expect((found?.bytes.count ?? 0) <= 64, "\(round)")
            }
        }
    }
}
