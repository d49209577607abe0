import Model
import SeededRandom
import Testing

@Suite("Bisections")
struct BisectionTests {
    private static func commit(_ id: String, _ parents: String...) -> Bisection.Commit {
        Bisection.Commit(id: id, parents: parents, title: "Change \(id)", author: "Mona")
    }

    /// `8` is the bad commit, `0` the good one.
    private static let line = Bisection(
        good: "0", needsProof: false, candidates: (1...8).reversed().map { commit("\($0)", "\($0 - 1)") })

    private static func step(_ verdicts: [String: Bisection.Verdict], needsProof: Bool = false) -> BisectionStep {
        var bisection = line
        bisection.needsProof = needsProof
        bisection.verdicts = verdicts
        return bisection.step
    }

    @Test("a line is halved, and the first one that fails is found")
    func line() {
        #expect(Self.step([:]) == .probe("4"))
        #expect(Self.step(["4": .good]) == .probe("6"))
        #expect(Self.step(["4": .good, "6": .bad]) == .probe("5"))
        #expect(Self.step(["4": .good, "6": .bad, "5": .bad]) == .found("5"))
        #expect(Self.step(["4": .good, "6": .bad, "5": .good]) == .found("6"))
        #expect(Self.step(["1": .bad]) == .found("1"))
        #expect(Self.step(["7": .good]) == .found("8"), "the failed one itself")
        var bisection = Self.line
        bisection.verdicts = ["4": .good, "6": .bad]
        #expect(bisection.left.map(\.id) == ["6", "5"])
        bisection.candidates = Array(bisection.candidates.prefix(1))
        #expect(bisection.step == .found("8"))
    }

    @Test("what cannot be tested is gone around, until nothing else is left")
    func untestable() {
        #expect(Self.step(["4": .untestable]) == .probe("5"))
        #expect(Self.step(["4": .untestable, "5": .bad]) == .probe("3"))
        #expect(Self.step(["4": .untestable, "5": .bad, "3": .good]) == .narrowed(["5", "4"]))
        #expect(Self.step(["4": .untestable, "5": .bad, "3": .bad, "2": .good]) == .found("3"))
        let all = Dictionary(uniqueKeysWithValues: (1...7).map { ("\($0)", Bisection.Verdict.untestable) })
        #expect(Self.step(all) == .narrowed((1...8).reversed().map(\.description)))
    }

    @Test("the good commit has to pass again first when it passed with another configuration")
    func proof() {
        #expect(Self.step([:], needsProof: true) == .probe("0"))
        #expect(Self.step(["0": .good], needsProof: true) == .probe("4"))
        #expect(Self.step(["0": .bad], needsProof: true) == .elsewhere)
        #expect(Self.step(["0": .untestable], needsProof: true) == .unproven)
        #expect(Self.step(["0": .untestable]) == .probe("4"), "it passed with this one")
        #expect(Self.step(["8": .good]) == .passes, "the failed commit, run again")
    }

    @Test("in a merge each side is a guess, and a verdict beside the question is none")
    func merge() {
        // 0 ← a1 ← a2, 0 ← b1 ← b2, m merges both.
        let candidates = [
            Self.commit("m", "a2", "b2"), Self.commit("b2", "b1"), Self.commit("b1", "0"), Self.commit("a2", "a1"),
            Self.commit("a1", "0"),
        ]
        var bisection = Bisection(good: "0", needsProof: false, candidates: candidates)
        #expect(bisection.step == .probe("b2"), "of equal ones the newest")
        bisection.verdicts = ["b2": .good]
        #expect(bisection.step == .probe("a2") && bisection.left.map(\.id) == ["m", "a2", "a1"])
        bisection.verdicts["a2"] = .good
        #expect(bisection.step == .found("m"), "both sides pass by themselves")
        bisection.verdicts = ["b1": .bad, "a1": .bad]
        #expect(bisection.step == .found("b1"), "one of two is enough")
    }

    @Test("whatever the history, the search ends at the commit that did it, in about as many steps as halving takes")
    func random() throws {
        var generator = SeededGenerator(seed: 20)
        for round in 0..<600 {
            let history = History(Int.random(in: 1...200, using: &generator), isLine: round < 200, &generator)
            let (end, steps) = try history.search()
            #expect(end == .found(history.culprit), "round \(round)")
            var halvings = 0
            while 1 << halvings < history.candidates.count { halvings += 1 }
            #expect(
                steps <= halvings + (round < 200 ? 0 : 2), "round \(round): \(steps) for \(history.candidates.count)")
        }
    }

    @Test("commits that cannot be tested never lead to another one")
    func randomGaps() throws {
        var generator = SeededGenerator(seed: 21)
        for round in 0..<400 {
            var history = History(Int.random(in: 1...60, using: &generator), isLine: false, &generator)
            for commit in history.candidates.dropFirst() where Int.random(in: 0..<3, using: &generator) == 0 {
                history.untestable.insert(commit.id)
            }
            switch try history.search().end {
            case .found(let commit): #expect(commit == history.culprit, "round \(round)")
            case .narrowed(let commits):
                #expect(commits.contains(history.culprit), "round \(round)")
                #expect(commits.dropFirst().allSatisfy(history.untestable.contains), "round \(round)")
            case let end: Issue.record("round \(round): \(end)")
            }
        }
    }
}

/// A history with one commit that broke it.
private struct History {
    var candidates: [Bisection.Commit]
    var culprit: String
    var untestable: Set<String> = []
    /// Those that fail.
    private var bad: Set<String>

    init(_ count: Int, isLine: Bool, _ generator: inout SeededGenerator) {
        var parents: [[Int]] = [[]]
        for place in 1..<max(count, 2) {
            let number = isLine || Int.random(in: 0..<10, using: &generator) < 7 ? 1 : 2
            let lowest = isLine ? place - 1 : max(0, place - 6)
            parents.append(Set((0..<number).map { _ in Int.random(in: lowest..<place, using: &generator) }).sorted())
        }
        let head = count - 1
        var reached: Set<Int> = [head]
        for place in (0...head).reversed() where reached.contains(place) { reached.formUnion(parents[place]) }
        candidates = (0...head).reversed().filter(reached.contains).map { place in
            Bisection.Commit(
                id: "c\(place)", parents: parents[place].isEmpty ? ["good"] : parents[place].map { "c\($0)" },
                title: "", author: "")
        }
        culprit = candidates[Int.random(in: candidates.indices, using: &generator)].id
        bad = [culprit]
        for commit in candidates.reversed() where commit.parents.contains(where: bad.contains) { bad.insert(commit.id) }
    }

    func search() throws -> (end: BisectionStep, steps: Int) {
        var bisection = Bisection(good: "good", needsProof: false, candidates: candidates)
        var steps = 0
        while case .probe(let commit) = bisection.step {
            try #require(bisection.verdicts[commit] == nil, "\(commit) was tried")
            steps += 1
            bisection.verdicts[commit] =
                untestable.contains(commit) ? .untestable : bad.contains(commit) ? .bad : .good
        }
        return (bisection.step, steps)
    }
}
