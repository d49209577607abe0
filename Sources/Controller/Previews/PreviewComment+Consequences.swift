import Model
import Reconciler

extension PreviewComment {
    /// What comes of it besides the operations.
    var consequences: String {
        let lines = required + rebuilds + lost + secrets + gone + preview.consequences.notes.map { ":warning: \($0)" }
        return lines.isEmpty ? "" : "#### Consequences\n" + lines.map { "- \($0)\n" }.joined()
    }

    private var required: [String] {
        preview.consequences.requiredContexts.map { lost in
            let waiting =
                switch lost.waiting {
                case 0: "no open pull request waits on it now"
                case 1: "1 open pull request waits on it"
                default: "\(lost.waiting) open pull requests wait on it"
                }
            return
                ":warning: \(MarkdownText.code(lost.branch ?? "")) of \(MarkdownText.code(lost.repository)) requires the "
                + "status \(MarkdownText.code(lost.context)), which will not be reported any more: \(waiting), and nothing "
                + "can be merged there until the rule is changed"
        }
    }

    private var rebuilds: [String] {
        preview.consequences.rebuilds.map { rebuild in
            let name = "\(MarkdownText.code("\(rebuild.repository)/\(rebuild.hook)"))"
            guard !rebuild.parts.isEmpty else { return "\(name): the install script runs for the first time" }
            let parts = rebuild.parts.map { MarkdownText.code($0) }.joined(separator: ", ")
            let time = rebuild.lastSeconds.map { "took \(Elapsed.text(Int($0.rounded()))) last time" }
            return "\(name): the cached image is built again, because of \(parts); "
                + (time ?? "how long that takes is not known yet")
        }
    }

    private var lost: [String] {
        let contexts = preview.consequences.lostContexts.filter { $0.branch == nil }
        return Dictionary(grouping: contexts, by: \.repository).sorted { $0.key < $1.key }.map { repository, contexts in
            let names = contexts.prefix(10).map { MarkdownText.code($0.context) }.joined(separator: ", ")
            let more = contexts.count > 10 ? " and \(contexts.count - 10) more" : ""
            return "\(MarkdownText.code(repository)) will not report \(names)\(more) any more"
        }
    }

    private var secrets: [String] {
        preview.consequences.secrets.map {
            "the secret \(MarkdownText.code($0.name)) of \(MarkdownText.code("\($0.repository)/\($0.hook)")) is \($0.kind)"
        }
    }

    /// What is taken away or replaced on GitHub, counted.
    private var gone: [String] {
        var lines: [String] = []
        let operations = preview.entries.flatMap { entry in
            (entry.plan?.operations ?? []).map { (entry.repository, $0) }
        }
        let webhooks = operations.count { $0.1.part == .webhooks && $0.1.change.action == .delete }
        if webhooks > 0 { lines.append("\(webhooks) webhook\(webhooks == 1 ? " is" : "s are") removed") }
        // A repository has two while one replaces the other.
        var told: Set<String> = []
        for (repository, operation) in operations where operation.part == .deployKey {
            let action = operation.change.action
            let word = action == .delete ? "removed" : action == .create ? "made" : "replaced"
            let name = MarkdownText.code(repository)
            guard told.insert("\(name) \(word)").inserted else { continue }
            let count = operations.count {
                $0.0 == repository && $0.1.part == .deployKey && $0.1.change.action == action
            }
            lines.append(
                count == 1 ? "the deploy key of \(name) is \(word)" : "\(count) deploy keys of \(name) are \(word)")
        }
        let secrets = operations.count {
            $0.1.part == .webhooks && $0.1.change.fields.contains { $0.field == "secret" }
        }
        if secrets > 0 { lines.append("\(secrets) webhook secret\(secrets == 1 ? " is" : "s are") given anew") }
        return lines
    }
}
