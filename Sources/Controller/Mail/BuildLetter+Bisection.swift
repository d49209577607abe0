import Model
import Store

/// What people read when the commit that broke a hook is known.
extension BuildLetter {
    /// So many commits are named when all but one of them cannot be tested.
    private static let mostCulprits = 10

    static func subject(_ bisection: BisectionReport) -> String {
        let (hook, culprits) = (bisection.record.hook, bisection.culprits)
        guard bisection.record.state == .found, let culprit = culprits.first else {
            return "one of \(culprits.count) commits broke \(hook)"
        }
        return "\(culprit.id.prefix(7)) broke \(hook): \(PlainLine(culprit.title, limit: 120))"
    }

    /// The lines of the body.
    func found(_ bisection: BisectionReport) -> [String] {
        let (record, culprits) = (bisection.record, bisection.culprits)
        let isOne = record.state == .found
        let count = record.candidates.count
        var lines = [
            isOne
                ? "\(repository): this commit broke \(record.hook) on \(ref)."
                : "\(repository): one of these commits broke \(record.hook) on \(ref); the others could not be tested.",
            "", pages.build(bisection.badBuild, hook: record.hook), "",
        ]
        for culprit in culprits.prefix(Self.mostCulprits) {
            lines.append("Commit  \(culprit.id.prefix(12))  \(PlainLine(culprit.title, limit: 120))")
            lines.append("Author  \(PlainLine(culprit.author, limit: 100))")
            if let probe = bisection.probe(of: culprit.id) {
                lines.append("Build   \(pages.build(probe.build, hook: record.hook))")
            }
            lines.append("")
        }
        if culprits.count > Self.mostCulprits { lines += ["and \(culprits.count - Self.mostCulprits) more", ""] }
        let probes = bisection.probes.count
        let took = probes == 0 ? "" : " It took \(probes) build\(probes == 1 ? "" : "s") to find out."
        let ends =
            "It passed in build #\(record.goodBuild) and failed in #\(bisection.badBuild), \(count) commits later."
        lines += [ends + took, ""]
        return lines
    }
}
