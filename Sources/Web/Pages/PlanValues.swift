import Store

/// What would change on GitHub, as a page lists it.
enum PlanValues {
    static func make(_ plan: PendingPlan?) -> PageValues? {
        guard let plan, !plan.projects.isEmpty else { return nil }
        return [
            "heading": plan.isHeld ? "What it would change on GitHub" : "Changes that are to be made on GitHub",
            "more": plan.more > 0 ? "and \(Count.text(plan.more, "more project"))" : nil,
            "projects": plan.projects.map { project -> PageValues in
                [
                    "name": "\(project.repository)", "url": "/\(project.repository)/settings",
                    "isDriftReported": project.isDriftReported,
                    "lines": project.lines.map { line -> PageValues in ["kind": kind(line), "text": line] },
                ]
            },
        ]
    }

    /// For the style sheet; the sign itself is in the text.
    private static func kind(_ line: String) -> String {
        switch line.first {
        case "+": "added"
        case "-": "removed"
        case "!": "problem"
        default: "changed"
        }
    }
}
