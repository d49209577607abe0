import Testing

@testable import Web

@Suite("What is shown of a difference")
struct DiffHunksTests {
    private func hunks(
        _ old: [Int], _ new: [Int], _ limits: DiffHunks.Limits = DiffHunks.Limits()
    ) -> DiffHunks {
        let (old, new) = (old.map { UInt64($0) }, new.map { UInt64($0) })
        return DiffHunks(LineDiff(old, new), old, new, limits)
    }

    /// `=3:3 +4 -4 ~5 +6*10`, with the places of the new log but for what is gone.
    private func text(_ hunk: [DiffHunks.Row]) -> String {
        hunk.map { row in
            let sign = ["same": "=", "new": "+", "gone": "-", "moved": "~"][row.change.rawValue] ?? "?"
            let place = row.change == .gone ? row.old : row.new
            return "\(sign)\(place ?? -1)" + (row.omitted > 0 ? "*\(row.omitted)" : "")
        }.joined(separator: " ")
    }

    @Test("three lines stand around each difference, and differences that are near are one")
    func around() {
        let old = Array(0..<100)
        var new = old
        new[50] = 500
        new.insert(600, at: 57)
        new[90] = 900
        let found = hunks(old, new)
        #expect(
            found.hunks.map(text) == [
                "=47 =48 =49 -50 +50 =51 =52 =53 =54 =55 =56 +57 =58 =59 =60", "=87 =88 =89 -89 +90 =91 =92 =93",
            ])
        #expect(found.counts == (new: 3, gone: 2, moved: 0) && found.left == 0)
        #expect(hunks(old, old).hunks.isEmpty)
        #expect(hunks([], [1]).hunks.map(text) == ["+0"] && hunks([1], []).hunks.map(text) == ["-0"])
        // Seven lines between two of them are one too many.
        #expect(hunks(Array(0..<9), [100] + Array(1..<8) + [101]).hunks.count == 2)
        #expect(hunks(Array(0..<8), [100] + Array(1..<7) + [101]).hunks.count == 1)
    }

    @Test("lines that only moved are no difference, and say so near one")
    func moved() {
        let order = hunks([1, 2, 3, 4, 5, 6], [4, 5, 6, 1, 2, 3])
        #expect(order.hunks.isEmpty && order.counts == (new: 0, gone: 0, moved: 3))
        let both = hunks([1, 2, 3, 4], [2, 3, 4, 1, 9])
        #expect(both.hunks.map(text) == ["=1 =2 ~3 +4"] && both.counts == (new: 1, gone: 0, moved: 1))
        // Once more than before is new.
        #expect(hunks([1, 1, 2], [2, 1, 1, 1]).counts.new == 1)
    }

    @Test("the middle of what is very long, and hunks beyond the limit, are left out and counted")
    func limits() {
        var limits = DiffHunks.Limits()
        (limits.new, limits.gone, limits.rows) = ((2, 1), (1, 1), 12)
        let long = hunks([0, 1, 2, 3, 4, 5], [0] + Array(100..<110), limits)
        #expect(long.hunks.map(text) == ["=0 -1 -2*3 -5 +1 +2 +3*7 +10"])
        #expect(long.counts == (new: 10, gone: 5, moved: 0))
        let old = Array(0..<200)
        let many = hunks(old, old.map { $0 % 20 == 10 ? 1_000 + $0 : $0 }, limits)
        #expect(many.hunks.count == 2 && many.left == 8)
    }

    @Test("differences all along the logs are not one hunk of any length")
    func near() {
        var limits = DiffHunks.Limits()
        limits.rows = 50
        let old = Array(0..<5_000)
        for every in [1, 2, 6] {
            let new = old.flatMap { $0 % every == 0 ? [$0, 10_000 + $0] : [$0] }
            let found = hunks(old, new, limits)
            #expect(found.counts.new == 5_000 / every + (5_000 % every == 0 ? 0 : 1))
            let places = found.hunks.flatMap { $0.compactMap(\.new) }
            #expect((50...110).contains(places.count) && found.left > 10)
            #expect(places == Array(places[0]..<places[0] + places.count))
        }
    }

    @Test("every line of both logs is counted")
    func property() {
        var random = Random(seed: 21)
        for _ in 0..<500 {
            let words = 1 + random.next(12)
            let old = (0..<random.next(26)).map { _ in random.next(words) }
            let new = (0..<random.next(30)).map { _ in random.next(words) }
            let same = LineDiff(old.map { UInt64($0) }, new.map { UInt64($0) }).runs.reduce(0) { $0 + $1.count }
            let found = hunks(old, new)
            #expect(same + found.counts.new + found.counts.moved == new.count, "\(old) \(new)")
            #expect(same + found.counts.gone + found.counts.moved == old.count, "\(old) \(new)")
            let rows = found.hunks.flatMap(\.self)
            #expect(rows.count { $0.change == .new } == found.counts.new, "\(old) \(new)")
            #expect(rows.count { $0.change == .gone } == found.counts.gone, "\(old) \(new)")
            // No line is shown twice, and all of them in order.
            let places = rows.compactMap(\.new)
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "\(old) \(new)")
        }
    }
}
