extension PlanText {
    /// The repository, then a line for each operation and each problem, as people read diffs.
    ///
    /// - Parameters:
    ///   - drift: the operations that nobody asked for, which are marked.
    ///   - reported: those of them that are not carried out.
    public static func diff(_ plan: Plan, drift: Set<Operation> = [], reported: Set<Operation> = []) -> String {
        guard !plan.isEmpty else { return "\(plan.repository): no changes" }
        let operations = plan.operations.map { "  \($0)" + mark($0, drift: drift, reported: reported) }
        return (["\(plan.repository):"] + operations + plan.problems.map { "  ! \($0)" }).joined(separator: "\n")
    }

    /// What stands behind an operation that nobody asked for.
    public static func mark(_ operation: Operation, drift: Set<Operation>, reported: Set<Operation>) -> String {
        if reported.contains(operation) { return "  (drift, only reported)" }
        return drift.contains(operation) ? "  (drift)" : ""
    }
}
