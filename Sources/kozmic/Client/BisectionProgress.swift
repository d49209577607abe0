import Web

/// A search for the commit that broke a job, for people at a terminal: what is new in it, line by line.
struct BisectionProgress {
    /// `OWNER/REPO`, before the numbers of builds.
    var repository: String
    /// The builds that were told of.
    private var told: Set<Int> = []

    init(repository: String) { self.repository = repository }

    /// What it is about.
    func opening(_ bisection: BisectionDocument) -> [String] {
        let count = bisection.candidates
        let passed = "\(repository)#\(bisection.goodBuild)"
        let since = "\(count) commit\(count == 1 ? "" : "s") on \(bisection.refName) since \(passed) passed"
        return [since.withoutControls]
    }

    /// A line for each build that has ended since the last call, as it ended.
    mutating func news(_ bisection: BisectionDocument) -> [String] {
        bisection.probes.filter { $0.isOver && told.insert($0.build).inserted }.map { probe in
            "\(repository)#\(probe.build)  \(Self.short(probe.commit))  \(BuildText.coloured(probe.state))"
        }
    }

    /// How things stand, or how it ended.
    static func standing(_ bisection: BisectionDocument) -> [String] {
        let reason = bisection.reason.map { ": \($0)" } ?? ""
        let lines =
            switch bisection.state {
            case "running": [going(bisection)]
            case "found": bisection.culprits.flatMap { ["broken by \(name($0))", $0.url] }
            case "narrowed":
                ["broken by one of \(bisection.culprits.count) commits\(reason)"]
                    + bisection.culprits.map { "  \(name($0))" }
            case "elsewhere": ["broken by none of the commits\(reason)"]
            default: ["no answer\(reason)"]
            }
        return lines.map(\.withoutControls)
    }

    private static func going(_ bisection: BisectionDocument) -> String {
        let left = "looking: \(bisection.left.count) of \(bisection.candidates) commits left"
        guard let probe = bisection.probes.last(where: { !$0.isOver }) else { return left }
        return "\(left), building \(short(probe.commit)) in #\(probe.build) (\(probe.state))"
    }

    private static func name(_ commit: BisectionDocument.Commit) -> String {
        "\(short(commit.id)) \(commit.title), by \(commit.author.isEmpty ? "unknown" : commit.author)"
    }

    private static func short(_ commit: String) -> String { String(commit.prefix(7)).withoutControls }
}

extension BisectionDocument.Probe {
    /// Whether it has ended.
    fileprivate var isOver: Bool { !["queued", "running"].contains(state) }
}
