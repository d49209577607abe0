import Config
import GitHub
import Model
import Reconciler

extension Preview {
    /// The context of all statuses about the configuration.
    static let context = "Kozmic CI / configuration"

    /// The commit status of the pull request's head.
    func status(targetURL: String) -> GitHubStatus {
        let (state, text) = verdict
        let status = CommitStatus(context: Self.context, state: state, description: text, targetURL: targetURL)
        return GitHubStatus(
            state: status.state.rawValue, context: status.context, description: status.description,
            targetURL: status.targetURL)
    }

    /// The worst of what there is to say comes first, and alone.
    private var verdict: (CommitStatus.State, String) {
        if let problem { return (.failure, problem) }
        if let first = newErrors.first {
            let more = newErrors.count > 1 ? " (and \(newErrors.count - 1) more)" : ""
            let place = "\(first.path):\(first.line):\(first.column): "
            return (.failure, place + String(first.message.prefix(max(20, 138 - place.count - more.count))) + more)
        }
        for entry in entries {
            if let error = entry.error { return (.failure, "\(entry.repository): \(error)") }
            guard let problem = entry.plan?.problems.first else { continue }
            // Who has access to a repository is not for everybody who may open a pull request.
            let words = isFromFork ? "its permissions must not be set so" : "\(problem)"
            return (.failure, "\(entry.repository): \(words)")
        }
        if let refusal {
            // First of all what helps: the rest may be cut off.
            let trailer = removalCount.map { " without '\(Removals.trailer): \($0)'" } ?? ""
            return (.failure, "Would be held\(trailer): \(refusal)")
        }
        return (.success, summary)
    }

    /// `3 changes in 2 projects, 1 image built again`
    var summary: String {
        func counted(_ count: Int, _ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        let projects = entries.count { $0.plan?.operations.isEmpty == false }
        var parts = [
            changeCount == 0
                ? "no change on GitHub"
                : "\(counted(changeCount, "change", "changes")) in \(counted(projects, "project", "projects"))"
        ]
        let required = consequences.requiredContexts.count
        if required > 0 {
            parts.insert(counted(required, "required status goes away", "required statuses go away"), at: 0)
        }
        let rebuilt = consequences.rebuilds.count
        if rebuilt > 0 { parts.append(counted(rebuilt, "image is built", "images are built")) }
        let text = parts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
