import Foundation
import Model
import Testing

@testable import Store

/// A store in a folder of its own, and what tests put into it.
struct Fixture {
    let folder: String
    let store: Store

    /// Opens a store in a new folder, which is removed afterwards.
    static func with(
        trace: (@Sendable (String) -> Void)? = nil, clock: TestClock? = nil,
        _ body: (Fixture) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let store = try await Store.open(
                dataDirectory: folder, now: { clock?.now ?? Date() }, trace: trace)
            do {
                try await body(Fixture(folder: folder, store: store))
            } catch {
                await store.close()
                throw error
            }
            await store.close()
        }
    }

    /// A new folder, which is removed afterwards.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-store-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    /// Declares projects `o/<name>`, each with the hooks.
    @discardableResult
    func declare(
        _ names: [String], hooks: [String] = ["tests"], commit: String = "c1"
    ) async throws -> [ProjectRecord] {
        let projects = try names.map { try Self.project($0, hooks: hooks) }
        try await store.applyConfig(DesiredState(projects: projects), revision: Self.revision(commit))
        var records: [ProjectRecord] = []
        for project in projects { records.append(try #require(try await store.project(project.repository))) }
        return records
    }

    /// A build of the project's hooks.
    @discardableResult
    func build(
        _ project: ProjectRecord, commit: String = "aaaa", ref: GitRef = .branch("main"), hooks: [String]? = nil,
        mode: HookSettings.StatusMode = .build
    ) async throws -> BuildRecord {
        try #require(
            try await store.createBuild(
                Self.newBuild(project, commit: commit, ref: ref, hooks: hooks, mode: mode)))
    }

    static func newBuild(
        _ project: ProjectRecord, commit: String = "aaaa", ref: GitRef = .branch("main"), hooks: [String]? = nil,
        mode: HookSettings.StatusMode = .build
    ) throws -> NewBuild {
        var chosen = try hooks.map { try $0.map(hook) } ?? project.config.hooks
        for index in chosen.indices { chosen[index].settings.status = mode }
        let name = project.repository
        return NewBuild(
            projectID: project.id,
            event: TriggerEvent(
                kind: .push, ref: ref, commit: commit, message: "A message", authorName: "Mona",
                authorEmail: "mona@example.org", sender: "mona"),
            hooks: chosen, trusted: true, configCommit: project.configCommit,
            pageURL: { number, hook in
                "http://ci/\(name)/builds/\(number)" + (hook.map { "/jobs/\($0)" } ?? "")
            })
    }

    static func project(_ name: String, hooks: [String] = ["tests"]) throws -> Project {
        Project(repository: try repository(name), hooks: try hooks.map(hook), file: "projects/\(name).yaml")
    }

    static func hook(_ id: String) throws -> Hook {
        Hook(id: try #require(HookID(id)), image: "debian", buildScript: "#!/bin/sh\ntrue\n")
    }

    static func repository(_ name: String) throws -> RepositoryName { try #require(RepositoryName("o/\(name)")) }

    static func revision(_ commit: String) -> ConfigRevision {
        ConfigRevision(
            commit: commit, authorName: "Mona", committedAt: Date(milliseconds: 1_000), message: "Configure")
    }

    static func delivery(
        _ guid: String, repository name: String = "a", hook: String = "tests", payload: [UInt8] = Array("{}".utf8)
    ) throws -> NewDelivery {
        NewDelivery(
            repository: try repository(name), hook: try #require(HookID(hook)), guid: guid, event: "push",
            payload: payload)
    }

    /// Claims the next job and ends it.
    @discardableResult
    func runNext(_ outcome: JobOutcome = .success) async throws -> JobRecord {
        let claimed = try #require(try await store.claimNextJob())
        try await store.finishJob(claimed.job.id, outcome)
        return try #require(try await store.job(claimed.job.id))
    }

    func status(_ project: ProjectRecord, _ context: String = CommitStatus.buildContext, commit: String = "aaaa")
        async throws -> StatusRecord
    {
        let statuses = try await store.statuses(project.id, commit: commit)
        return try #require(statuses.first { $0.wanted.context == context })
    }

    func due() async throws -> [StatusRecord] {
        try await store.dueStatuses(now: .distantFuture, limit: 100).due.map(\.status)
    }
}
