import Config
import Foundation
import GitHub
import Model
import Store

/// The status of the admin branch's newest commit: applied, applied but for some files, or held.
struct AdminBranchStatus: Sendable {
    var publisher: PreviewPublisher
    var externalURL: String

    /// - Parameter projects: how many are active.
    func show(_ revision: ConfigRevision, projects: Int) async throws(GitHubError) {
        let (state, text) = Self.verdict(revision, projects: projects)
        let status = CommitStatus(
            context: Preview.context, state: state, description: text, targetURL: "\(externalURL)/_sync")
        let shown = GitHubStatus(
            state: status.state.rawValue, context: status.context, description: status.description,
            targetURL: status.targetURL)
        try await publisher.show(shown, on: revision.commit, looksAgain: false)
    }

    static func verdict(_ revision: ConfigRevision, projects: Int) -> (CommitStatus.State, String) {
        if revision.appliedAt == nil { return (.failure, "Not applied: \(revision.error ?? "it is being read")") }
        let found = try? JSONDecoder().decode([Diagnostic].self, from: Data(revision.diagnosticsJSON.utf8))
        let errors = (found ?? []).filter { $0.severity == .error }
        guard let first = errors.first else {
            return (.success, "Applied: \(projects) project\(projects == 1 ? "" : "s")")
        }
        let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
        let place = "\(first.path):\(first.line):\(first.column): "
        return (.failure, place + String(first.message.prefix(max(20, 138 - place.count - more.count))) + more)
    }
}
