extension Bisection {
    /// The next step: the untested commit that tells most whatever it shows, as `git bisect` chooses it; of several the
    /// newest one.
    public var step: BisectionStep {
        guard let bad = candidates.first else { return .elsewhere }
        switch verdicts[good] {
        case .bad: return .elsewhere
        case .untestable where needsProof: return .unproven
        case nil where needsProof: return .probe(good)
        case .good, .untestable, nil: break
        }
        if verdicts[bad.id] == .good { return .passes }
        let suspects = Suspects(self)
        let left = suspects.left
        guard left.count > 1 else { return .found(candidates[suspects.head].id) }
        var best: (commit: Int, worth: Int)?
        for commit in left where commit != suspects.head && verdicts[candidates[commit].id] == nil {
            let older = suspects.countLeft(upTo: commit)
            let worth = min(older, left.count - older)
            if worth > best?.worth ?? -1 { best = (commit, worth) }
        }
        guard let best else { return .narrowed(left.map { candidates[$0].id }) }
        return .probe(candidates[best.commit].id)
    }

    /// The candidates that may still have done it, newest first. The first one is known to fail.
    public var left: [Commit] { candidates.isEmpty ? [] : Suspects(self).left.map { candidates[$0] } }
}

/// The candidates that the verdicts leave.
private struct Suspects {
    /// Their places among the candidates, in that order.
    let left: [Int]
    /// The oldest one that is known to fail, of which all others are ancestors.
    let head: Int
    /// For each candidate itself and those that it can be reached from, a bit each.
    private let ancestors: [Bits]
    private let remaining: Bits

    /// - Parameter bisection: has candidates.
    init(_ bisection: Bisection) {
        let commits = bisection.candidates
        let places = Dictionary(commits.enumerated().map { ($1.id, $0) }) { first, _ in first }
        var ancestors = [Bits](repeating: Bits(count: commits.count), count: commits.count)
        for place in commits.indices.reversed() {
            ancestors[place].insert(place)
            // Parents stand behind their children, so theirs are complete.
            for parent in commits[place].parents.compactMap({ places[$0] }) where parent > place {
                ancestors[place].formUnion(ancestors[parent])
            }
        }
        var remaining = ancestors[0]
        for (place, commit) in commits.enumerated() where place > 0 && bisection.verdicts[commit.id] == .good {
            remaining.subtract(ancestors[place])
        }
        // What failed narrows it down, unless it is on a side that is out of question already: commits break a thing more
        // than once, and one of them is enough.
        var head = 0
        for (place, commit) in commits.enumerated() where place > 0 && bisection.verdicts[commit.id] == .bad {
            guard remaining.contains(place) else { continue }
            remaining.formIntersection(ancestors[place])
            head = place
        }
        self.head = head
        self.ancestors = ancestors
        self.remaining = remaining
        left = commits.indices.filter { remaining.contains($0) }
    }

    /// How many of those that are left are a commit or lead to it.
    func countLeft(upTo commit: Int) -> Int { remaining.countCommon(with: ancestors[commit]) }
}

/// A set of small numbers.
private struct Bits {
    private var words: [UInt64]

    /// Of numbers below `count`; empty.
    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    func contains(_ number: Int) -> Bool { words[number / 64] & (1 << UInt64(number % 64)) != 0 }
    mutating func insert(_ number: Int) { words[number / 64] |= 1 << UInt64(number % 64) }
    mutating func formUnion(_ other: Bits) { for place in words.indices { words[place] |= other.words[place] } }
    mutating func formIntersection(_ other: Bits) { for place in words.indices { words[place] &= other.words[place] } }
    mutating func subtract(_ other: Bits) { for place in words.indices { words[place] &= ~other.words[place] } }

    func countCommon(with other: Bits) -> Int {
        zip(words, other.words).reduce(0) { $0 + ($1.0 & $1.1).nonzeroBitCount }
    }
}
