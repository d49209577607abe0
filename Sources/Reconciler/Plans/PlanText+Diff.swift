extension PlanText {
    /// The repository, then a line for each operation and each problem, as people read diffs.
    ///
    /// - Parameter drift: the operations that nobody asked for, which are marked.
    public static func diff(_ plan: Plan, drift: Set<Operation> = []) -> String {
        guard !plan.isEmpty else { return "\(plan.repository): no changes" }
        let operations = plan.operations.map { "  \($0)" + (drift.contains($0) ? "  (drift)" : "") }
        return (["\(plan.repository):"] + operations + plan.problems.map { "  ! \($0)" }).joined(separator: "\n")
    }
}
