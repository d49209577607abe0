/// How the lines of one log become those of another: the runs that are in both. What is between them is gone, or new.
///
/// First the lines that each log has once are set against each other, as many as keep their order ("patience"), then what
/// is between them in the same way; where no such line is left, a shortest edit script is looked for (Myers). The work is
/// bounded: what is too different to be compared line by line becomes one large difference.
struct LineDiff: Sendable, Equatable {
    /// Lines that are in both logs, one after the other. The places count from 0.
    struct Run: Sendable, Equatable {
        var old: Int
        var new: Int
        var count: Int
    }

    /// In order; none touches another one in both logs.
    private(set) var runs: [Run]
    /// Whether something was too different: two lines may be the same there.
    private(set) var isCoarse: Bool

    /// Steps of a comparison, some of 5 ns each.
    static let work = 40_000_000

    /// - Parameters:
    ///   - old: keys of lines; those of the same lines are the same.
    ///   - work: how many steps it may take, about; a few for each line are taken in any case.
    init(_ old: [UInt64], _ new: [UInt64], work: Int = Self.work) {
        var search = DiffSearch(old, new, work: work)
        search.run()
        runs = []
        for run in search.runs.sorted(by: { $0.old < $1.old }) {
            if let last = runs.last, last.old + last.count == run.old, last.new + last.count == run.new {
                runs[runs.count - 1].count += run.count
            } else {
                runs.append(run)
            }
        }
        isCoarse = search.isCoarse
    }
}

/// The search for runs; what it found is in no order.
private struct DiffSearch {
    /// A part of both logs.
    private struct Box {
        var old: Range<Int>
        var new: Range<Int>
        var depth = 0
    }

    /// Lines that both logs have once divide a part; those between them are looked at so many times.
    private static let depthLimit = 8

    private(set) var runs: [LineDiff.Run] = []
    private(set) var isCoarse = false
    /// Small numbers in place of keys.
    private var old: [Int32] = []
    private var new: [Int32] = []
    private var work: Int
    /// By number: how often a line is in a part, and where.
    private var counts: [(old: Int32, new: Int32, place: Int32)]

    init(_ oldKeys: [UInt64], _ newKeys: [UInt64], work: Int) {
        var numbers: [UInt64: Int32] = [:]
        func number(_ key: UInt64) -> Int32 {
            let next = Int32(truncatingIfNeeded: numbers.count)
            if let known = numbers[key] { return known }
            numbers[key] = next
            return next
        }
        old = oldKeys.map(number)
        new = newKeys.map(number)
        self.work = work
        counts = Array(repeating: (0, 0, 0), count: numbers.count)
    }

    mutating func run() {
        var boxes = [Box(old: 0..<old.count, new: 0..<new.count)]
        while let box = boxes.popLast() {
            let inner = trim(box)
            guard !inner.old.isEmpty, !inner.new.isEmpty else { continue }
            work -= inner.old.count + inner.new.count
            let anchors = inner.depth < Self.depthLimit && work > 0 ? anchors(inner) : []
            guard anchors.isEmpty else {
                boxes += self.boxes(between: anchors, inner)
                continue
            }
            if let found = EditSearch.runs(old[inner.old], new[inner.new], work: &work) {
                runs += found
            } else {
                isCoarse = true
            }
        }
    }

    /// Takes off what is the same at both ends.
    private mutating func trim(_ box: Box) -> Box {
        var box = box
        let (oldStart, newStart) = (box.old.lowerBound, box.new.lowerBound)
        var (low, oldEnd, newEnd) = (0, box.old.upperBound, box.new.upperBound)
        let least = min(box.old.count, box.new.count)
        while low < least, old[oldStart + low] == new[newStart + low] { low += 1 }
        while oldEnd > oldStart + low, newEnd > newStart + low, old[oldEnd - 1] == new[newEnd - 1] {
            oldEnd -= 1
            newEnd -= 1
        }
        if low > 0 { runs.append(LineDiff.Run(old: oldStart, new: newStart, count: low)) }
        if oldEnd < box.old.upperBound {
            runs.append(LineDiff.Run(old: oldEnd, new: newEnd, count: box.old.upperBound - oldEnd))
        }
        box.old = oldStart + low..<oldEnd
        box.new = newStart + low..<newEnd
        return box
    }

    /// The lines that both have once there, as many as are in the same order.
    private mutating func anchors(_ box: Box) -> [(old: Int, new: Int)] {
        for place in box.old {
            counts[Int(old[place])].old += 1
            counts[Int(old[place])].place = Int32(truncatingIfNeeded: place)
        }
        for place in box.new { counts[Int(new[place])].new += 1 }
        var pairs: [(old: Int, new: Int)] = []
        for place in box.new {
            let count = counts[Int(new[place])]
            if count.old == 1, count.new == 1 { pairs.append((Int(count.place), place)) }
        }
        for place in box.old { counts[Int(old[place])] = (0, 0, 0) }
        for place in box.new { counts[Int(new[place])] = (0, 0, 0) }
        return Self.ascending(pairs)
    }

    /// The longest selection whose places in the old log ascend, too.
    private static func ascending(_ pairs: [(old: Int, new: Int)]) -> [(old: Int, new: Int)] {
        // By length, the pair with which a selection can end soonest; and of each pair the one before it.
        var ends: [Int] = []
        var before = [Int](repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[ends[middle]].old < pair.old { low = middle + 1 } else { high = middle }
            }
            if low > 0 { before[index] = ends[low - 1] }
            if low == ends.count { ends.append(index) } else { ends[low] = index }
        }
        var chosen: [(old: Int, new: Int)] = []
        var index = ends.last ?? -1
        while index >= 0 {
            chosen.append(pairs[index])
            index = before[index]
        }
        return chosen.reversed()
    }

    private mutating func boxes(between anchors: [(old: Int, new: Int)], _ box: Box) -> [Box] {
        var boxes: [Box] = []
        var (oldStart, newStart) = (box.old.lowerBound, box.new.lowerBound)
        for anchor in anchors {
            boxes.append(
                Box(old: oldStart..<anchor.old, new: newStart..<anchor.new, depth: box.depth + 1))
            runs.append(LineDiff.Run(old: anchor.old, new: anchor.new, count: 1))
            (oldStart, newStart) = (anchor.old + 1, anchor.new + 1)
        }
        boxes.append(
            Box(old: oldStart..<box.old.upperBound, new: newStart..<box.new.upperBound, depth: box.depth + 1))
        return boxes
    }
}
