import Testing

@testable import Web

@Suite("How one log becomes another")
struct LineDiffTests {
    private func keys(_ text: String) -> [UInt64] { text.unicodeScalars.map { UInt64($0.value) } }

    /// Takes away what is gone, and puts in what is new.
    private func apply(_ diff: LineDiff, _ old: [UInt64], _ new: [UInt64]) -> [UInt64] {
        var result: [UInt64] = []
        var place = 0
        for run in diff.runs {
            result += new[place..<run.new]
            result += old[run.old..<run.old + run.count]
            place = run.new + run.count
        }
        return result + new[place...]
    }

    @Test("lines that stay are found, also where no line is there once only")
    func known() {
        func runs(_ old: String, _ new: String) -> [LineDiff.Run] { LineDiff(keys(old), keys(new)).runs }
        typealias Run = LineDiff.Run
        #expect(runs("", "") == [] && runs("", "a") == [] && runs("a", "") == [])
        #expect(runs("abc", "abc") == [Run(old: 0, new: 0, count: 3)])
        #expect(runs("abc", "axc") == [Run(old: 0, new: 0, count: 1), Run(old: 2, new: 2, count: 1)])
        #expect(runs("abcd", "bcdx") == [Run(old: 1, new: 0, count: 3)])
        // The example of Myers: five lines are gone or new.
        #expect(runs("ABCABBA", "CBABAC").reduce(0) { $0 + $1.count } == 4)
        #expect(runs("aabbaabb", "aabaabb").reduce(0) { $0 + $1.count } == 7)
    }

    @Test("applying it gives the other log, whatever the logs and however little it may work")
    func property() {
        var random = Random(seed: 11)
        for _ in 0..<1_500 {
            let words = 1 + random.next(25)
            let old = (0..<random.next(40)).map { _ in UInt64(random.next(words)) }
            var new = old
            if random.next(3) == 0 { new = (0..<random.next(40)).map { _ in UInt64(random.next(words)) } }
            for _ in 0..<random.next(6) {
                let place = random.next(new.count + 1)
                if place < new.count, random.next(2) == 0 {
                    new.remove(at: place)
                } else {
                    new.insert(UInt64(random.next(words + 2)), at: place)
                }
            }
            for work in [0, 40, LineDiff.work] {
                let diff = LineDiff(old, new, work: work)
                #expect(apply(diff, old, new) == new, "\(old) \(new) \(work)")
                var place = (old: 0, new: 0)
                for run in diff.runs {
                    let isInOrder = run.old >= place.old && run.new >= place.new && run.count > 0
                    #expect(isInOrder, "\(old) \(new) \(work)")
                    place = (run.old + run.count, run.new + run.count)
                }
                #expect(place.old <= old.count)
                if work == LineDiff.work { #expect(!diff.isCoarse) }
                if old == new { #expect(diff.runs.reduce(0) { $0 + $1.count } == old.count) }
            }
        }
    }

    @Test("an edit script is a shortest one where no line is there once only")
    func shortest() {
        var random = Random(seed: 12)
        for _ in 0..<300 {
            let old = (0..<random.next(12)).map { _ in Int32(random.next(3)) }
            let new = (0..<random.next(12)).map { _ in Int32(random.next(3)) }
            var work = LineDiff.work
            let runs = EditSearch.runs(old[...], new[...], work: &work)
            let kept = runs?.reduce(0) { $0 + $1.count }
            #expect(kept == Self.longestCommon(old, new), "\(old) \(new)")
        }
    }

    private static func longestCommon(_ old: [Int32], _ new: [Int32]) -> Int {
        var row = [Int](repeating: 0, count: new.count + 1)
        for line in old {
            var diagonal = 0
            for (place, other) in new.enumerated() {
                let above = row[place + 1]
                row[place + 1] = line == other ? diagonal + 1 : max(above, row[place])
                diagonal = above
            }
        }
        return row[new.count]
    }

    @Test("logs that are made to be slow end in one large difference, after as many steps as it may take")
    func bounded() {
        var random = Random(seed: 13)
        let count = 20_000
        let two = (0..<count).map { _ in UInt64(random.next(2)) }
        let others = (0..<count).map { _ in UInt64(random.next(2)) }
        for (old, new) in [(two, others), (two, two.reversed()), ((0..<count).map { UInt64($0 % 2) }, two)] {
            let diff = LineDiff(old, new, work: 200_000)
            #expect(diff.isCoarse && apply(diff, old, new) == new)
        }
        // Nothing in common is known without any work, and so is what moved.
        let one = (0..<count).map { UInt64($0) }
        #expect(LineDiff(one, one.map { $0 + 1_000_000 }, work: 200_000).runs.isEmpty)
        #expect(LineDiff(one, one.reversed(), work: 200_000).runs.count == 1)
        var work = 1_000
        let slices = (old: two.map { Int32($0) }, new: others.map { Int32($0) })
        #expect(EditSearch.runs(slices.old[...], slices.new[...], work: &work) == nil)
        #expect(work > -2_000)
    }
}
