extension PlanText {
    /// The same for comments on GitHub. What comes from outside stands in code spans, so that it can make no links and
    /// mention nobody.
    public static func markdown(_ plan: Plan, drift: Set<Operation> = [], reported: Set<Operation> = []) -> String {
        guard !plan.isEmpty else { return "**\(plan.repository)**: no changes\n" }
        var text = "**\(plan.repository)**\n\n"
        if !plan.operations.isEmpty {
            let lines = plan.operations.map { safe("\($0)") + mark($0, drift: drift, reported: reported) }
            text += "```diff\n\(lines.joined(separator: "\n"))\n```\n"
        }
        for problem in plan.problems { text += "\n- :x: `\(safe("\(problem)"))`" }
        return plan.problems.isEmpty ? text : text + "\n"
    }

    /// Nothing can end the block that it stands in.
    private static func safe(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 == "`" ? "'" : $0 })
    }
}
