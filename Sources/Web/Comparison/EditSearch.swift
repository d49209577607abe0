/// A shortest edit script: Myers, "An O(ND) difference algorithm and its variations", Algorithmica 1 (1986).
enum EditSearch {
    /// Lines that are gone or new together. The memory for the way back grows with the square: 4 MB.
    static let distanceLimit = 1_000

    /// The runs that are in both, last one first.
    ///
    /// - Parameter work: what is left of the steps; lessened by those that were taken.
    /// - Returns: `nil` when they are too different, or no steps are left.
    static func runs(_ old: ArraySlice<Int32>, _ new: ArraySlice<Int32>, work: inout Int) -> [LineDiff.Run]? {
        old.withUnsafeBufferPointer { oldLines in
            new.withUnsafeBufferPointer { newLines in
                var search = Search(old: oldLines, new: newLines)
                guard let distance = search.forward(&work) else { return nil }
                return search.back(distance, old.startIndex, new.startIndex)
            }
        }
    }

    private struct Search {
        let old: UnsafeBufferPointer<Int32>
        let new: UnsafeBufferPointer<Int32>
        /// For each distance and each diagonal (`old` less `new`) how far one gets in `old`: that of distance d begins at
        /// d², and has 2d + 1 diagonals.
        private var reached: [Int32] = []

        init(old: UnsafeBufferPointer<Int32>, new: UnsafeBufferPointer<Int32>) {
            self.old = old
            self.new = new
        }

        /// The distance of the two.
        mutating func forward(_ work: inout Int) -> Int? {
            for distance in 0...min(old.count + new.count, distanceLimit) {
                guard work > 0 else { return nil }
                for diagonal in -distance...distance {
                    // Every second one belongs to the distance before.
                    guard (diagonal + distance).isMultiple(of: 2) else {
                        reached.append(-1)
                        continue
                    }
                    var place = start(distance, diagonal)
                    let first = place
                    while place < old.count, place - diagonal < new.count, old[place] == new[place - diagonal] {
                        place += 1
                    }
                    work -= place - first + 1
                    reached.append(Int32(truncatingIfNeeded: place))
                    if place >= old.count, place - diagonal >= new.count { return distance }
                }
            }
            return nil
        }

        /// Where one begins on a diagonal: one line of `old` further than from the left, or one of `new` from the right.
        private func start(_ distance: Int, _ diagonal: Int) -> Int {
            if distance == 0 { return 0 }
            let (left, right) = (far(distance - 1, diagonal - 1), far(distance - 1, diagonal + 1))
            return isFromRight(distance, diagonal, left, right) ? right : left + 1
        }

        private func isFromRight(_ distance: Int, _ diagonal: Int, _ left: Int, _ right: Int) -> Bool {
            diagonal == -distance || diagonal != distance && left < right
        }

        private func far(_ distance: Int, _ diagonal: Int) -> Int {
            guard abs(diagonal) <= distance else { return -1 }
            return Int(reached[distance * distance + distance + diagonal])
        }

        /// The runs on the way to the end.
        func back(_ distance: Int, _ oldStart: Int, _ newStart: Int) -> [LineDiff.Run] {
            var runs: [LineDiff.Run] = []
            var place = old.count
            var diagonal = old.count - new.count
            for distance in stride(from: distance, through: 0, by: -1) {
                let first = start(distance, diagonal)
                if place > first {
                    runs.append(
                        LineDiff.Run(old: oldStart + first, new: newStart + first - diagonal, count: place - first))
                }
                guard distance > 0 else { break }
                let (left, right) = (far(distance - 1, diagonal - 1), far(distance - 1, diagonal + 1))
                if isFromRight(distance, diagonal, left, right) {
                    diagonal += 1
                    place = right
                } else {
                    diagonal -= 1
                    place = left
                }
            }
            return runs
        }
    }
}
