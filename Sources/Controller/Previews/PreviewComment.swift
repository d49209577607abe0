import Config
import GitHub
import Model
import Reconciler

/// The one comment on a pull request: the same words whenever the same is true, so that it is edited only when there is
/// something new to say.
struct PreviewComment: Sendable {
    /// What the comment is known by among those of the same account.
    static let marker = "<!-- kozmic: configuration -->"
    /// GitHub takes 65,536.
    private static let mostCharacters = 60_000

    var preview: Preview
    /// Where the admin repository's files are shown, such as `https://github.com/acme/ci`.
    var repositoryURL: String
    /// The name of the admin branch.
    var branch: String

    /// The text.
    var body: String {
        var sections = [heading]
        sections += [problem, errors, held, plan, consequences, warnings].filter { !$0.isEmpty }
        let end =
            "\n<sub>This comment is kept up to date: it is about the newest commit and the newest \(MarkdownText.code(branch)).</sub>\n"
        var text = ""
        for section in sections {
            let next = text + section + "\n"
            guard next.count + end.count <= Self.mostCharacters else {
                let room = Self.mostCharacters - text.count - end.count - 200
                text += Self.cut(section, to: room) + "\n\n*There is more than fits here: see `kozmic plan`.*\n"
                break
            }
            text = next
        }
        return text + end
    }

    private var heading: String {
        let title = isBad ? ":x: This would not be applied as it is" : preview.summary
        return """
            \(Self.marker)
            ### Kozmic CI: configuration
            **\(title)**

            \(MarkdownText.code(preview.head.prefix(12))) merged with \(MarkdownText.code(branch)) at \
            \(MarkdownText.code(preview.base.prefix(12))).

            """
    }

    private var isBad: Bool { preview.status(targetURL: "").state != CommitStatus.State.success.rawValue }

    private var problem: String { preview.problem.map { "#### Problem\n\(MarkdownText.plain($0))\n" } ?? "" }

    private var errors: String {
        let errors = preview.diagnostics.filter { $0.severity == .error }
        guard !errors.isEmpty else { return "" }
        let fresh = preview.newErrors
        let lines = errors.prefix(100).map { line($0, isNew: fresh.contains($0)) }
        let more = errors.count > 100 ? "- … and \(errors.count - 100) more\n" : ""
        return "#### Errors\n" + lines.joined() + more
            + "\nA project with an error keeps its last good configuration; the others are applied.\n"
    }

    private var warnings: String {
        let warnings = preview.diagnostics.filter { $0.severity == .warning }
        guard !warnings.isEmpty else { return "" }
        let lines = warnings.prefix(50).map { line($0, isNew: !preview.known.contains(KnownDiagnostic($0))) }
        return "#### Warnings\n" + lines.joined()
    }

    private func line(_ diagnostic: Diagnostic, isNew: Bool) -> String {
        let place = MarkdownText.code("\(diagnostic.path):\(diagnostic.line):\(diagnostic.column)")
        let file = MarkdownText.address("blob/\(preview.head)/\(diagnostic.path)")
        let mark = diagnostic.severity == .error ? ":x:" : ":warning:"
        let old = isNew ? "" : " (not new: it is on \(MarkdownText.code(branch)) already)"
        return "- \(mark) [\(place)](\(repositoryURL)/\(file)#L\(diagnostic.line)): "
            + "\(MarkdownText.code(diagnostic.message))\(old)\n"
    }

    private var held: String {
        var text = ""
        if let refusal = preview.refusal {
            text +=
                "#### Held\nOnce merged, the commit is not applied but held: \(MarkdownText.code(refusal)). "
                + "A trailer in a commit of this pull request, or in the merge commit, counts.\n"
        }
        if let note = preview.signatureNote { text += "#### Signatures\n\(MarkdownText.plain(note))\n" }
        return text
    }

    private var plan: String {
        let told = preview.told
        guard !told.isEmpty else { return "" }
        return "#### Plan\n" + told.map(text).joined(separator: "\n")
    }

    private func text(_ entry: LivePlan.Entry) -> String {
        if let error = entry.error {
            return "**\(entry.repository)**\n\n- :x: \(MarkdownText.code(error))\n"
        }
        guard var plan = entry.plan else { return "" }
        var notes: [String] = []
        if preview.isFromFork {
            // Who has access to a repository is not for everybody who may open a pull request.
            let hidden = plan.operations.count { $0.part == .permissions } + plan.problems.count
            plan.operations.removeAll { $0.part == .permissions }
            plan.problems = []
            if hidden > 0 {
                notes.append("\(hidden) more about people and teams, not shown in a pull request from a fork")
            }
        }
        if !entry.missing.isEmpty {
            notes.append("nobody looked at all of it on GitHub yet: what is there already may be changed, not made")
        }
        return PlanText.markdown(plan, drift: entry.drift, reported: entry.reportedDrift)
            + notes.map { "\n- \($0)\n" }.joined()
    }

    /// At a line's end.
    private static func cut(_ text: String, to count: Int) -> String {
        guard count > 0 else { return "" }
        let part = text.prefix(count)
        let whole = part.lastIndex(of: "\n").map { String(part[..<$0]) } ?? ""
        // A block of code that was cut open is closed.
        let isOpen = whole.split(separator: "\n").count { $0.hasPrefix("```") } % 2 == 1
        return isOpen ? whole + "\n```" : whole
    }
}
