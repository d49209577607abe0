import Foundation
import GitHub
import Hummingbird
import Model
import Store

/// `/_sync`: is the configuration live? `?q=` filters the projects by name, `?page=` goes on with them.
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
        router.get("_sync") { request, context in
            try lookup.requireAdministration(context)
            return try await response(request, context.viewer)
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
        return try await store.projectStandings().contains { $0.status == .stalled }
    }

    private func response(_ request: Request, _ viewer: Viewer) async throws -> Response {
        let revision = try await store.latestConfigRevision()
        let problem = try await store.configProblem()
        let standings = try await store.projectStandings()
        let list = ConditionList(standings, request)
        let diagnostics = revision.map(Self.diagnostics) ?? []
        let open = try await store.openDrift()
        let projects = try await store.projects(list.shown.map(\.id) + Set(open.map(\.projectID)))
        let drift = open.compactMap { record in
            projects[record.projectID].flatMap { project in
                project.isActive ? DriftValues.make(record, project: "\(project.repository)") : nil
            }
        }
        let ready = list.count(.ready)
        let stalled = list.count(.stalled)
        let declared = Count.text(standings.count, "project")
        let errors = diagnostics.count { $0.severity == "error" }
        let mark: StateMark
        let summary: String
        if revision == nil {
            mark = StateMark(problem == nil ? "queued" : "error", word: problem == nil ? "Waiting" : "Not live")
            summary = "The admin repository was not read yet."
        } else if problem != nil || revision?.error != nil || errors > 0 || stalled > 0 {
            mark = StateMark("error", word: "Attention")
            let cause = errors > 0 ? "\(Count.text(errors, "error")) in the configuration; " : ""
            summary = "\(cause)\(Count.digits(ready)) of \(declared) are on GitHub as declared."
        } else if ready < standings.count {
            mark = StateMark("running", word: "Working")
            summary = "\(Count.digits(ready)) of \(declared) are on GitHub as declared."
        } else {
            mark = StateMark("success", word: "Live")
            summary =
                drift.isEmpty
                ? "Everything on GitHub is as declared."
                : "GitHub is as declared, but for \(Count.text(drift.count, "reported difference"))."
        }
        // The trouble noted since is shown once, with its time.
        let held = problem == nil ? revision?.error : nil
        // A plan is made anew a few seconds after what it was about: when all is done, an older one only confuses.
        let isDone = mark.name == "success" && drift.isEmpty
        let plan = try await store.pendingPlan().flatMap { isDone && !$0.isHeld ? nil : $0 }
        var values: PageValues = [
            "state": mark, "summary": summary, "canSync": viewer.person != nil, "problem": problem?.message,
            "problemSince": Moment.html(problem?.since),
            "held": held, "drift": drift, "hasDrift": !drift.isEmpty,
            "adoptions": ProjectAdoption.all(open, projects.values).map { adoption -> PageValues in
                ["name": "\(adoption.repository)", "text": adoption.text]
            },
            "revision": revision.map { Self.values($0, links) },
            "hasDiagnostics": !diagnostics.isEmpty,
            "diagnosticCount": Count.text(diagnostics.count, "diagnostic"),
            "diagnostics": diagnostics.map { $0.values(links, revision?.commit) },
            "quotas": quotas().map(QuotaValues.make), "trailer": held.flatMap(Self.trailer),
            "plan": PlanValues.make(plan),
            "fullPass": try await store.lastFullPass().map { pass -> PageValues in
                [
                    "projects": Count.text(pass.projects, "project"),
                    "took": Elapsed.text(Int(pass.seconds.rounded(.up))),
                    "ended": Moment.html(pass.endedAt),
                ]
            },
        ]
        values.merge(list.values(projects, try await store.lastHeard(projects.values.map(\.repository))))
        return await renderer.page(
            "sync", Page(title: "\(mark.word) · Synchronisation", mark: mark, values: values), for: viewer)
    }

    /// The line that the message of a commit needs so that a revision which is held is applied.
    private static func trailer(_ held: String) -> String? {
        guard let start = held.range(of: "'\(Removals.trailer): ") else { return nil }
        return held[start.lowerBound...].dropFirst().prefix { $0 != "'" }.description
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

        /// The line itself and its neighbours; revisions of earlier versions have none of these.
        struct Excerpt: Decodable {
            var text: String
            var column: Int
            var before: String?
            var after: String?

            /// The three lines with their numbers, and below the middle one a mark at the place.
            func values(_ line: Int) -> PageValues {
                let width = "\(after == nil ? line : line + 1)".count
                func margin(_ number: Int?) -> String {
                    let digits = number.map(String.init) ?? ""
                    return String(repeating: " ", count: max(0, width - digits.count)) + digits
                }
                let blank = String(repeating: " ", count: max(0, min(column, 200) - 1))
                return [
                    "line": margin(line), "text": text, "mark": "\(margin(nil))   \(blank)^",
                    "before": before.map { "\(margin(line - 1)) | \($0)" },
                    "after": after.map { "\(margin(line + 1)) | \($0)" },
                ]
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
