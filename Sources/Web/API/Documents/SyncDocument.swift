import Foundation
import GitHub
import Model
import Store

/// Whether the configuration is live, for programs.
package struct SyncDocument: Codable, Sendable {
    /// A commit of the admin repository.
    package struct Revision: Codable, Sendable {
        package var commit: String
        package var author: String
        package var message: String
        package var committedAt: Date
        package var readAt: Date
        /// Absent while it is held.
        package var appliedAt: Date?
        /// Why it is held.
        package var held: String?

        init(_ revision: ConfigRevision) {
            (commit, author, message) = (revision.commit, revision.authorName, revision.message)
            (committedAt, readAt, appliedAt) = (revision.committedAt, revision.readAt, revision.appliedAt)
            held = revision.error
        }
    }

    /// A mistake in the admin repository; as `kozmic lint` prints it.
    package struct Diagnostic: Codable, Sendable {
        package var path: String
        package var line: Int
        package var column: Int
        package var severity: String
        package var message: String
        /// The line that it is about; absent where that is not quoted.
        package var excerpt: Excerpt?

        /// A line of a file.
        package struct Excerpt: Codable, Sendable {
            /// The line, or a part of a long one.
            package var text: String
            /// Where in `text` the place is, from 1.
            package var column: Int
            /// The same columns of the line before; absent before the first.
            package var before: String?
            /// The same columns of the line after; absent after the last.
            package var after: String?
        }
    }

    /// What hinders reading the admin repository.
    package struct Problem: Codable, Sendable {
        package var message: String
        package var since: Date
    }

    /// One project's state.
    package struct Entry: Codable, Sendable {
        package var repository: String
        package var condition: ProjectDocument.Condition
        package var file: String
        package var configCommit: String
        /// How often in a row it could not be made as declared; absent when it could.
        package var failures: Int?
        /// When that is tried again; absent for the usual pass.
        package var nextTryAt: Date?
        /// Since when its file has errors, so that what was declared before them holds.
        package var keptSince: Date?
        /// When GitHub last told something of it.
        package var heard: ProjectDocument.Heard

        init(_ project: ProjectRecord, _ heard: LastHeard) {
            repository = project.repository.description
            condition = ProjectDocument.Condition(project.condition, saysWhy: true)
            (file, configCommit) = (project.config.file, project.configCommit)
            failures = project.failures > 0 ? project.failures : nil
            (nextTryAt, keptSince) = (project.nextTryAt, project.keptSince)
            self.heard = ProjectDocument.Heard(heard, saysWhat: true)
        }
    }

    /// The lines that would declare what a project has on GitHub; as `kozmic plan --adopt` prints them.
    package struct Adoption: Codable, Sendable {
        package var repository: String
        /// Its file in the admin repository.
        package var file: String
        /// They take the place of the keys of the same names; what cannot be declared is a comment.
        package var yaml: String
    }

    /// What GitHub still lets the server ask.
    package struct Quota: Codable, Sendable {
        package var identity: String
        package var limit: Int?
        package var remaining: Int?
        package var resetsAt: Date?
        package var closedUntil: Date?
        package var waiting: Int
        package var writesInHour: Int

        init(_ quota: GitHubQuota) {
            (identity, limit, remaining) = (quota.identity, quota.limit, quota.remaining)
            (resetsAt, closedUntil) = (quota.resetsAt, quota.closedUntil)
            (waiting, writesInHour) = (quota.waiting, quota.writesInHour)
        }
    }

    /// `waiting`: nothing was read yet; `attention`: a person is needed; `working`; `live`: everything is as declared.
    package var state: String
    /// The newest revision that was read.
    package var revision: Revision?
    /// The commit that is applied.
    package var appliedCommit: String?
    /// What hinders reading the admin repository.
    package var problem: Problem?
    /// The mistakes of the newest revision.
    package var diagnostics: [Diagnostic]
    /// What would change on GitHub, or is to be changed.
    package var plan: PendingPlan?
    /// Differences on GitHub that nobody asked for and that are still there.
    package var drift: [DriftDocument]
    /// How the differences that are only reported would be declared.
    package var adoptions: [Adoption]
    /// All declared projects.
    package var projects: [Entry]
    /// What GitHub still lets the server ask.
    package var quotas: [Quota]

    init(_ store: Store, _ quotas: [GitHubQuota]) async throws {
        let revision = try await store.latestConfigRevision()
        let problem = try await store.configProblem()
        let projects = try await store.activeProjects()
        let names = Dictionary(projects.map { ($0.id, $0.repository) }) { first, _ in first }
        self.revision = revision.map(Revision.init)
        appliedCommit = try await store.appliedConfigRevision()?.commit
        self.problem = problem.map { Problem(message: $0.message, since: $0.since) }
        let text = Data((revision?.diagnosticsJSON ?? "[]").utf8)
        diagnostics = (try? JSONDecoder().decode([Diagnostic].self, from: text)) ?? []
        plan = try await store.pendingPlan()
        let open = try await store.openDrift()
        drift = open.compactMap { record in names[record.projectID].map { DriftDocument(record, $0) } }
        adoptions = ProjectAdoption.all(open, projects).map {
            Adoption(repository: $0.repository.description, file: $0.file, yaml: $0.text)
        }
        let heard = try await store.lastHeard(projects.map(\.repository))
        self.projects = projects.map { Entry($0, heard[$0.repository] ?? LastHeard()) }
        self.quotas = quotas.map(Quota.init)
        let isWrong = problem != nil || revision?.error != nil || diagnostics.contains { $0.severity == "error" }
        if revision == nil {
            state = problem == nil ? "waiting" : "attention"
        } else if isWrong || projects.contains(where: { $0.condition.status == .stalled }) {
            state = "attention"
        } else {
            state = projects.allSatisfy { $0.condition.status == .ready } ? "live" : "working"
        }
    }
}
