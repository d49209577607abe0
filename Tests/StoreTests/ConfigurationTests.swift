import Foundation
import Model
import Testing

@testable import Store

@Suite("Projects from the admin repository")
struct ConfigurationTests {
    @Test("only projects whose configuration changed are touched")
    func onlyChanges() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let first = try await fixture.declare(["a", "b"])
            #expect(first.allSatisfy { $0.condition.status == .reconciling && $0.isActive && $0.isPrivate })
            for project in first {
                try await store.setCondition(project.id, ProjectCondition(status: .ready), configCommit: "c1")
            }
            let changed = try Fixture.project("b", hooks: ["lint", "tests"])
            let result = try await store.applyConfig(
                DesiredState(projects: [try Fixture.project("a"), changed]), revision: Fixture.revision("c2"))
            #expect(result == ConfigChanges(changed: [first[1].id]))
            let now = try await store.activeProjects()
            #expect(now.map(\.configCommit) == ["c1", "c2"])
            #expect(now.map(\.condition.status) == [.ready, .reconciling])
            #expect(now[1].config == changed)
            #expect(try await store.declaredWebhooks().map(\.hook.description) == ["tests", "lint", "tests"])

            // The answer about an older configuration comes too late.
            let late = try await store.setCondition(
                first[1].id, ProjectCondition(status: .ready), configCommit: "c1")
            #expect(!late)
            #expect(try await store.project(id: first[1].id)?.condition.status == .reconciling)
        }
    }

    @Test("every revision is compared with what is there, whatever came before; letters count")
    func comparison() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let first = try await fixture.declare(["a", "b"])
            let one = DesiredState(projects: [try Fixture.project("a"), try Fixture.project("b")])
            let other = DesiredState(projects: [try Fixture.project("a"), try Fixture.project("b", hooks: ["lint"])])
            for round in 0..<3 {
                let there = try await store.applyConfig(other, revision: Fixture.revision("o\(round)"))
                #expect(there == ConfigChanges(changed: [first[1].id]))
                #expect(try await store.applyConfig(other, revision: Fixture.revision("p\(round)")) == ConfigChanges())
                let back = try await store.applyConfig(one, revision: Fixture.revision("b\(round)"))
                #expect(back == ConfigChanges(changed: [first[1].id]))
            }
            var renamed = one
            renamed.projects[0].repository = try #require(RepositoryName("O/a"))
            let written = try await store.applyConfig(renamed, revision: Fixture.revision("r"))
            #expect(written == ConfigChanges(changed: [first[0].id]))
            #expect(try await store.project(id: first[0].id)?.repository.description == "O/a")
        }
    }

    @Test("those with a schedule are found, whatever their scripts say")
    func schedules() async throws {
        try await Fixture.with { fixture in
            var (scheduled, quiet) = (try Fixture.project("a"), try Fixture.project("b"))
            scheduled.hooks[0].triggers.schedule = "0 4 * * *"
            quiet.hooks[0].buildScript = "#!/bin/sh\necho '{\"schedule\":\"0 4 * * *\"}'\n"
            let both = DesiredState(projects: [scheduled, quiet])
            try await fixture.store.applyConfig(both, revision: Fixture.revision("c1"))
            #expect(try await fixture.store.activeProjectsWithSchedules().map(\.repository.name) == ["a"])
            let desired = DesiredState(projects: [quiet])
            try await fixture.store.applyConfig(desired, revision: Fixture.revision("c2"))
            #expect(try await fixture.store.activeProjectsWithSchedules().isEmpty)
        }
    }

    @Test("a removed project keeps its history and comes back with it; a broken file removes nothing")
    func removal() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a", "b"])[0]
            try await fixture.build(project)
            let hook = try #require(HookID("tests"))
            try await store.saveWebhook(
                WebhookRecord(projectID: project.id, hook: hook, githubID: 5, secretFingerprint: "f", url: "u"))

            var desired = DesiredState(projects: [try Fixture.project("b")])
            desired.broken = [try #require(RepositoryName("O/A"))]
            #expect(try await store.applyConfig(desired, revision: Fixture.revision("c2")) == ConfigChanges())
            let since = try #require(try await store.project(id: project.id)?.keptSince)
            desired.broken = []
            desired.hasUnreadableFile = true
            #expect(try await store.applyConfig(desired, revision: Fixture.revision("c3")) == ConfigChanges())
            #expect(try await store.activeProjects().map(\.keptSince) == [since, nil])
            #expect(try await store.figures(since: nil).figures.keptProjects == 1)
            desired.hasUnreadableFile = false
            let result = try await store.applyConfig(desired, revision: Fixture.revision("c4"))
            #expect(result == ConfigChanges(removed: [project.id]))
            #expect(try await store.inactiveProjectsWithWebhooks().map(\.id) == [project.id])
            #expect(try await store.project(project.repository)?.isActive == false)
            #expect(try await store.builds(project.id, limit: 5).count == 1)
            try await store.removeWebhook(githubID: 5)
            #expect(try await store.inactiveProjectsWithWebhooks().isEmpty)

            let back = try await fixture.declare(["A", "b"], commit: "c5")[0]
            #expect(back.id == project.id)
            #expect(back.isActive)
            #expect(back.repository.description == "o/A", "in the letters of the latest configuration")
            #expect(back.configCommit == "c5")
        }
    }

    @Test("a file that is repaired is no longer kept as it was, whether or not that changed anything")
    func repaired() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            try await fixture.declare(["a", "b"])
            var desired = DesiredState(projects: [])
            desired.broken = try ["o/a", "o/b"].map { try #require(RepositoryName($0)) }
            try await store.applyConfig(desired, revision: Fixture.revision("c2"))
            #expect(try await store.activeProjects().allSatisfy { $0.keptSince != nil })
            let changed = try Fixture.project("b", hooks: ["lint"])
            try await store.applyConfig(
                DesiredState(projects: [try Fixture.project("a"), changed]), revision: Fixture.revision("c3"))
            #expect(try await store.activeProjects().allSatisfy { $0.keptSince == nil })
        }
    }

    @Test("files with errors are counted, each once; a revision that is held is known as such")
    func figures() async throws {
        try await Fixture.with { fixture in
            func figures() async throws -> StoreFigures { try await fixture.store.figures(since: nil).figures }
            #expect(try await figures().brokenFiles == 0)
            try await fixture.declare(["a"])
            #expect(try await !figures().isRevisionHeld)
            var revision = Fixture.revision("c2")
            revision.diagnosticsJSON = """
                [{"path":"a","severity":"error"},{"path":"a","severity":"error"},{"path":"b","severity":"warning"},
                 {"path":"c","severity":"error"}]
                """
            revision.error = "held"
            try await fixture.store.saveRevision(revision)
            let held = try await figures()
            #expect(held.brokenFiles == 2 && held.isRevisionHeld)
            try await fixture.declare(["a"], commit: "c3")
            let after = try await figures()
            #expect(after.brokenFiles == 0 && !after.isRevisionHeld)
        }
    }

    @Test("the next try is known until one succeeds, or another configuration is to be compared")
    func retries() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let next = Date(timeIntervalSince1970: 1_800_000_000)
            let condition = ProjectCondition(status: .reconciling, reason: "GitHub has trouble")
            for failures in 1...2 {
                try await store.setCondition(
                    project.id, condition, configCommit: "c1", retry: ProjectRetry(failures: failures, nextTryAt: next))
                let now = try #require(try await store.project(id: project.id))
                #expect(now.failures == failures && now.nextTryAt == next)
            }
            try await fixture.declare(["a"], hooks: ["lint"], commit: "c2")
            #expect(try await store.project(id: project.id)?.nextTryAt == nil)
            try await store.setCondition(
                project.id, condition, configCommit: "c2", retry: ProjectRetry(failures: 1, nextTryAt: next))
            try await store.setCondition(project.id, ProjectCondition(status: .ready), configCommit: "c2")
            let now = try #require(try await store.project(id: project.id))
            #expect(now.failures == 0 && now.nextTryAt == nil)
        }
    }

    @Test("a hook has one webhook, and a webhook one hook")
    func webhooks() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let (one, two) = (try #require(HookID("one")), try #require(HookID("two")))
            for (hook, id) in [(one, 5), (two, 6), (one, 7), (two, 7)] as [(HookID, Int64)] {
                try await fixture.store.saveWebhook(
                    WebhookRecord(
                        projectID: project.id, hook: hook, githubID: id, secretFingerprint: "f\(id)", url: "u"))
            }
            let webhooks = try await fixture.store.webhooks(project.id)
            #expect(webhooks.map(\.hook) == [two])
            #expect(webhooks.map(\.githubID) == [7])
        }
    }

    @Test("revisions and trouble are remembered, and the next revision takes the trouble back")
    func revisions() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            #expect(try await store.latestConfigRevision() == nil)
            try await store.noteConfigProblem("cannot reach it")
            #expect(try await store.configProblem()?.message == "cannot reach it")
            try await store.saveRevision(Fixture.revision("c1"))
            #expect(try await store.configProblem() == nil)
            #expect(try await store.latestConfigRevision()?.appliedAt == nil)
            try await fixture.declare(["a"], commit: "c1")
            #expect(try await store.latestConfigRevision()?.appliedAt != nil)
            #expect(try await store.database.query("SELECT COUNT(*) FROM configRevision") == ["1"])
            try await store.noteConfigProblem("gone again")
            #expect(try await store.latestConfigRevision()?.error == "gone again")
            try await store.noteConfigProblem(nil)
            #expect(try await store.latestConfigRevision()?.error == nil)
        }
    }

    @Test("rows of a version that knew fewer settings can be read")
    func olderRows() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let build = try await fixture.build(project)
            let database = fixture.store.database
            _ = try await database.query(
                """
                UPDATE project SET config = json_remove(config, '$.permissions', '$.settings.pullSeconds',
                    '$.hooks[0].sudo', '$.hooks[0].settings.resources.pids')
                """)
            _ = try await database.query("UPDATE job SET config = json_remove(config, '$.standby', '$.settings')")
            #expect(try await fixture.store.project(id: project.id)?.config == project.config)
            #expect(try await fixture.store.jobs(build.id).map(\.config) == project.config.hooks)
        }
    }
}
