import Foundation
import Hummingbird
import Model
import Store

/// `/_sync`: is the configuration live?
///
/// Until people can sign in, it names public projects only, and diagnostics as the admin repository's readers see them
/// without their YAML.
struct SyncPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer

    func add(to router: Router<BasicRequestContext>) {
        router.get("_sync") { _, _ in try await response() }
    }

    private func response() async throws -> Response {
        let revision = try await store.latestConfigRevision()
        let problem = try await store.configProblem()
        let projects = try await store.activeProjects()
        let diagnostics = revision.map(Self.diagnostics) ?? []
        let waiting = projects.count { $0.condition.status != .ready }
        let summary: String
        if revision == nil {
            summary = "The admin repository was not read yet."
        } else if waiting > 0 || !diagnostics.isEmpty || problem != nil {
            summary = "\(projects.count - waiting) of \(projects.count) projects are on GitHub as declared."
        } else {
            summary = "Live: everything on GitHub is as declared."
        }
        let values: [String: Any] = [
            "summary": summary, "problem": problem?.message as Any, "revision": revision.map(Self.values) as Any,
            "hasDiagnostics": !diagnostics.isEmpty, "diagnostics": diagnostics,
            "projects": projects.filter(lookup.isVisible).map { project in
                [
                    "state": Self.mark(project.condition), "name": project.repository.description,
                    "url": "/\(project.repository)/settings", "text": Self.text(project),
                ] as [String: Any]
            },
        ]
        return renderer.page("sync", Page(title: "Synchronisation", script: "live.js", values: values))
    }

    static func mark(_ condition: ProjectCondition) -> StateMark {
        switch condition.status {
        case .ready: StateMark(.success as StateMark.ProjectConditionWord)
        case .reconciling: StateMark(.running as StateMark.ProjectConditionWord)
        case .stalled: StateMark(.error as StateMark.ProjectConditionWord)
        }
    }

    static func text(_ project: ProjectRecord) -> String {
        let words =
            switch project.condition.status {
            case .ready: "as declared"
            case .reconciling: "being made as declared"
            case .stalled: "cannot be made as declared"
            }
        return words + (project.condition.reason.map { ": \($0)" } ?? "")
    }

    private static func values(_ revision: ConfigRevision) -> [String: Any] {
        [
            "commit": String(revision.commit.prefix(7)), "author": revision.authorName,
            "subject": revision.message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "",
            "when": Moment(revision.committedAt) as Any,
        ]
    }

    /// As the configuration reader wrote them; only the keys that are shown are read.
    private struct StoredDiagnostic: Decodable {
        var path: String
        var line: Int
        var column: Int
        var severity: String
        var message: String
    }

    private static func diagnostics(_ revision: ConfigRevision) -> [[String: String]] {
        let stored = try? JSONDecoder().decode([StoredDiagnostic].self, from: Data(revision.diagnosticsJSON.utf8))
        return (stored ?? []).map {
            [
                "place": "\($0.path):\($0.line):\($0.column)", "severity": $0.severity,
                "message": "\($0.severity): \($0.message)",
            ]
        }
    }
}
