import Foundation
import GitHub
import Hummingbird
import Model
import Store

/// `/_sync`: is the configuration live?
///
/// For those who can read the admin repository. The diagnostics are those that they get from `kozmic lint`; they hold
/// no values of secrets.
struct SyncPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var links: AdminLinks
    var quotas: @Sendable () -> [GitHubQuota]

    func add(to router: Router<WebContext>) {
        router.get("_sync") { _, context in
            try lookup.requireAdministration(context)
            return try await response(context.viewer)
        }
    }

    /// Whether there is anything that a person should look at.
    static func hasTrouble(_ store: Store) async throws -> Bool {
        if try await store.configProblem() != nil { return true }
        if let revision = try await store.latestConfigRevision(),
            revision.error != nil || !diagnostics(revision).isEmpty
        {
            return true
        }
        return try await store.activeProjects().contains { $0.condition.status == .stalled }
    }

    private func response(_ viewer: Viewer) async throws -> Response {
        let revision = try await store.latestConfigRevision()
        let problem = try await store.configProblem()
        let projects = try await store.activeProjects()
        let diagnostics = revision.map(Self.diagnostics) ?? []
        let names = Dictionary(
            projects.map { ($0.id, "\($0.repository)") },
            uniquingKeysWith: { first, _ in first })
        let open = try await store.openDrift()
        let drift = open.compactMap { record in
            names[record.projectID].map { DriftValues.make(record, project: $0) }
        }
        let differences = Dictionary(grouping: open, by: \.projectID).mapValues { $0.map(\.difference) }
        let adoptions = projects.compactMap { project -> (name: String, text: String)? in
            let adoption = Adoption(project.config, (differences[project.id] ?? []).map(Adoption.Difference.init))
            return adoption.isEmpty ? nil : (name: "\(project.repository)", text: adoption.text)
        }
        let ready = projects.count { $0.condition.status == .ready }
        let stalled = projects.count { $0.condition.status == .stalled }
        let hasErrors = problem != nil || revision?.error != nil || diagnostics.contains { $0.severity == "error" }
        let mark: StateMark
        let summary: String
        if revision == nil {
            mark = StateMark(problem == nil ? "queued" : "error", word: problem == nil ? "Waiting" : "Not live")
            summary = "The admin repository was not read yet."
        } else if hasErrors || stalled > 0 {
            mark = StateMark("error", word: "Attention")
            summary = "\(ready) of \(Count.text(projects.count, "project")) are on GitHub as declared."
        } else if ready < projects.count {
            mark = StateMark("running", word: "Working")
            summary = "\(ready) of \(Count.text(projects.count, "project")) are on GitHub as declared."
        } else {
            mark = StateMark("success", word: "Live")
            summary = "Everything on GitHub is as declared."
        }
        // The trouble noted since is shown once, with its time.
        let held = problem == nil ? revision?.error : nil
        let values: PageValues = [
            "state": mark, "summary": summary, "canSync": viewer.person != nil, "problem": problem?.message,
            "problemSince": Moment.html(problem?.since),
            "held": held, "drift": drift, "hasDrift": !drift.isEmpty,
            "adoptions": adoptions.sorted { $0.name < $1.name }.map { adoption -> PageValues in
                ["name": adoption.name, "text": adoption.text]
            },
            "revision": revision.map { Self.values($0, links) },
            "hasDiagnostics": !diagnostics.isEmpty,
            "diagnosticCount": Count.text(diagnostics.count, "diagnostic"),
            "diagnostics": diagnostics.map { $0.values(links, revision?.commit) },
            "quotas": quotas().map(QuotaValues.make), "trailer": held.flatMap(Self.trailer),
            "plan": PlanValues.make(try await store.pendingPlan()),
            "projects": projects.sorted(by: Self.isMoreInteresting).map {
                project -> PageValues in
                [
                    "condition": Self.condition(project), "name": "\(project.repository)",
                    "url": "\(ProjectLinks.url(project))/settings", "since": Moment.html(project.condition.since),
                    "file": project.config.file, "configCommit": String(project.configCommit.prefix(7)),
                ]
            },
            "hasProjects": !projects.isEmpty,
            "fullPass": try await store.lastFullPass().map { pass -> PageValues in
                [
                    "projects": Count.text(pass.projects, "project"),
                    "took": Elapsed.text(Int(pass.seconds.rounded(.up))),
                    "ended": Moment.html(pass.endedAt),
                ]
            },
        ]
        return await renderer.page(
            "sync", Page(title: "\(mark.word) · Synchronisation", mark: mark, values: values), for: viewer)
    }

    /// The line that the message of a commit needs so that a revision which is held is applied.
    private static func trailer(_ held: String) -> String? {
        guard let start = held.range(of: "'\(Removals.trailer): ") else { return nil }
        return held[start.lowerBound...].dropFirst().prefix { $0 != "'" }.description
    }

    /// A project's condition as a mark and a sentence.
    static func condition(_ project: ProjectRecord) -> PageValues {
        let (mark, words) =
            switch project.condition.status {
            case _ where !project.isActive: (StateMark("cancelled", word: "Removed"), "no longer declared")
            case .ready: (StateMark("success", word: "Ready"), "as declared")
            case .reconciling: (StateMark("running", word: "Working"), "being made as declared")
            case .stalled: (StateMark("error", word: "Stalled"), "cannot be made as declared")
            }
        return [
            "state": mark, "text": words, "reason": project.condition.reason,
            "retry": project.isActive ? retry(project) : nil,
            "kept": project.isActive ? Moment.html(project.keptSince) : nil,
        ]
    }

    /// When a project that failed is tried again.
    private static func retry(_ project: ProjectRecord) -> PageValues? {
        guard let next = project.nextTryAt else { return nil }
        let failures = project.failures > 1 ? "Failed \(project.failures) times in a row; next" : "Next"
        let isSoon = next.timeIntervalSinceNow < 10
        return ["text": failures + (isSoon ? " try within seconds" : " try"), "when": isSoon ? nil : Moment.html(next)]
    }

    private static func isMoreInteresting(_ left: ProjectRecord, _ right: ProjectRecord) -> Bool {
        func rank(_ project: ProjectRecord) -> Int {
            switch project.condition.status {
            case .stalled: 0
            case .reconciling: 1
            case .ready: 2
            }
        }
        return (rank(left), left.repository) < (rank(right), right.repository)
    }

    private static func values(_ revision: ConfigRevision, _ links: AdminLinks) -> PageValues {
        [
            "url": links.commit(revision.commit), "commit": String(revision.commit.prefix(7)),
            "author": revision.authorName,
            "subject": revision.message.split(whereSeparator: \.isNewline).first.map { String($0.prefix(200)) } ?? "",
            "when": Moment.html(revision.committedAt), "read": Moment.html(revision.readAt),
            "applied": Moment.html(revision.appliedAt),
        ]
    }

    /// As the configuration reader wrote them; only the keys that are shown are read.
    private struct StoredDiagnostic: Decodable {
        var path: String
        var line: Int
        var column: Int
        var severity: String
        var message: String
        var excerpt: Excerpt?

        /// The line itself.
        struct Excerpt: Decodable {
            var text: String
            var column: Int

            /// The line, and below it a mark at the place.
            func values(_ line: Int) -> PageValues {
                let margin = "\(line)"
                let blank = String(repeating: " ", count: max(0, min(column, 200) - 1))
                return ["line": margin, "text": text, "mark": "\(margin.map { _ in " " }.joined())   \(blank)^"]
            }
        }

        func values(_ links: AdminLinks, _ commit: String?) -> PageValues {
            let isError = severity == "error"
            return [
                "url": commit.flatMap { links.lines(path, line, at: $0) }, "excerpt": excerpt.map { $0.values(line) },
                "place": "\(path):\(line):\(column)", "message": message,
                "state": StateMark(isError ? "failure" : "error", word: isError ? "error" : "warning"),
            ]
        }
    }

    private static func diagnostics(_ revision: ConfigRevision) -> [StoredDiagnostic] {
        (try? JSONDecoder().decode([StoredDiagnostic].self, from: Data(revision.diagnosticsJSON.utf8))) ?? []
    }
}
