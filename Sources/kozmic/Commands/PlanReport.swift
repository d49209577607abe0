import Config
import Controller
import Model
import Reconciler

/// What `kozmic plan` found.
struct PlanReport: Sendable {
    var diagnostics: [Diagnostic]
    var entries: [LivePlan.Entry]
    /// Why the server would hold the revision.
    var refusal: String?

    var hasErrors: Bool {
        refusal != nil || entries.contains(where: \.hasErrors) || diagnostics.contains { $0.severity == .error }
    }
    /// Whether something would be done: what is only reported is no change that is pending.
    var hasChanges: Bool { entries.contains { !$0.pending.isEmpty } }

    func print(as output: PlanOutput) throws {
        switch output {
        case .json: try Print.json(Document(self))
        case .markdown: Swift.print(markdown, terminator: "")
        case .text:
            for diagnostic in diagnostics { Print.error("\(diagnostic)") }
            for text in texts { Swift.print(text) }
            if let refusal { Print.error("held: \(refusal)") }
            Print.error(summary)
        }
    }

    private var texts: [String] {
        entries.compactMap { entry in
            if let error = entry.error { return "\(entry.repository):\n  ! \(error)" }
            guard let plan = entry.plan, !plan.isEmpty else { return nil }
            return PlanText.diff(plan, drift: entry.drift, reported: entry.reported)
        }
    }

    private var markdown: String {
        let problems = diagnostics.map { "- `\("\($0)".replacing("`", with: "'"))`\n" }.joined()
        let parts = entries.compactMap { entry -> String? in
            if let error = entry.error {
                return "**\(entry.repository)**\n\n- :x: `\(error.replacing("`", with: "'"))`\n"
            }
            guard let plan = entry.plan, !plan.isEmpty else { return nil }
            return PlanText.markdown(plan, drift: entry.drift, reported: entry.reported)
        }
        let held = refusal.map { "**Held**: `\($0.replacing("`", with: "'"))`\n" } ?? ""
        return ([problems, held, parts.joined(separator: "\n")].filter { !$0.isEmpty } + ["\(summary)\n"])
            .joined(separator: "\n")
    }

    var summary: String {
        let changes = entries.reduce(0) { $0 + $1.pending.count }
        let reported = entries.reduce(0) { $0 + ($1.plan?.operations.count ?? 0) } - changes
        let errors =
            (refusal == nil ? 0 : 1) + entries.count(where: \.hasErrors) + diagnostics.count { $0.severity == .error }
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        return "\(counted(entries.count, "project")), \(counted(changes, "change")), "
            + (reported > 0 ? "\(counted(reported, "difference")) only reported, " : "") + counted(errors, "error")
    }

    /// The same for programs.
    private struct Document: Encodable {
        struct Project: Encodable {
            var repository: RepositoryName
            var changes: [PlanText.Document.Entry]
            var problems: [String]
            /// Whether some of the changes are drift that is left as it is.
            var isDriftReported: Bool
        }

        var diagnostics: [Diagnostic]
        var projects: [Project]
        /// Why the server would hold the revision.
        var held: String?

        init(_ report: PlanReport) {
            diagnostics = report.diagnostics
            held = report.refusal
            projects = report.entries.map { entry in
                let plan = entry.plan.map { PlanText.document($0, drift: entry.drift, reported: entry.reported) }
                return Project(
                    repository: entry.repository, changes: plan?.changes ?? [],
                    problems: (plan?.problems ?? []) + (entry.error.map { [$0] } ?? []),
                    isDriftReported: !entry.reported.isEmpty)
            }
        }
    }
}
