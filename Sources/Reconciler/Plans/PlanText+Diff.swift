extension PlanText {
    /// The repository, then a line for each operation and each problem, as people read diffs.
    ///
    /// - Parameters: as of `line`.
    public static func diff(_ plan: Plan, drift: Set<Operation> = [], reported: Set<Operation> = []) -> String {
        guard !plan.isEmpty else { return "\(plan.repository): no changes" }
        let operations = plan.operations.map { "  " + line($0, drift: drift, reported: reported) }
        return (["\(plan.repository):"] + operations + plan.problems.map { "  ! \($0)" }).joined(separator: "\n")
    }
}
