import Foundation
import Model

extension BisectionRecord {
    static let columns = """
        bisection.id, bisection.jobID, bisection.projectID, bisection.hook, bisection.ref, bisection.good, \
        bisection.goodBuild, bisection.needsProof, bisection.bad, bisection.candidates, bisection.state, \
        bisection.culprits, bisection.reason, bisection.startedBy, bisection.createdAt, bisection.finishedAt
        """

    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), jobID: try columns.next(), projectID: try columns.next(),
            hook: try columns.value { HookID($0) }, ref: GitRef(try columns.next()), good: try columns.next(),
            goodBuild: try columns.next(), needsProof: try columns.next(), bad: try columns.next(),
            candidates: try JSONDecoder().decode(
                [Bisection.Commit].self, from: Data(try columns.next(String.self).utf8)),
            state: try columns.value(BisectionState.init(rawValue:)),
            culprits: try JSONDecoder().decode([String].self, from: Data(try columns.next(String.self).utf8)),
            reason: try columns.next(), startedBy: try columns.next(), createdAt: try columns.date(),
            finishedAt: try columns.dateIfAny())
    }
}
