import Foundation
import Model
import Testing

@testable import Store

@Suite("Explanations")
struct ExplanationTests {
    private func add(_ guid: String, to fixture: Fixture) async throws -> Int64 {
        _ = try await fixture.store.inbox.store(Fixture.delivery(guid))
        return try #require(try await fixture.store.deliveries(limit: 1).first).id
    }

    private func explanation(_ project: ProjectRecord, commit: String) throws -> DeliveryExplanation {
        var hook = try Fixture.hook("tests")
        hook.origin = HookOrigin(file: "projects/a.yaml", line: 3, rules: ["on": 4])
        let event = TriggerEvent(kind: .push, ref: .branch("main"), commit: commit, message: "One\nTwo")
        return DeliveryExplanation(
            event: event, configCommit: "c1", hooks: [.init(hook, .runs, [HookMatch(hook, event)])])
    }

    @Test("a delivery keeps its decision, which another process reads by GUID and by the beginning of the commit")
    func peek() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let commit = String(repeating: "abc1", count: 10)
            let why = try explanation(project, commit: commit)
            let id = try await add("g1", to: fixture)
            let build = try Fixture.newBuild(project, commit: commit)
            try await fixture.store.finishDelivery(id, decision: "runs", build: build, explanation: why)
            let other = try await add("g2", to: fixture)
            try await fixture.store.finishDelivery(other, decision: "GitHub says hello")

            let stored = try #require(try await fixture.store.explainedDelivery(id))
            #expect(stored.explanation == why && stored.payloadBytes == 2)
            #expect(stored.explanation?.event.message == "One")
            #expect(stored.explanation?.hooks.first?.rules.first?.line == 4)
            #expect(try await fixture.store.explainedDelivery(99) == nil)

            let byGUID = try #require(try await Store.peek(dataDirectory: fixture.folder, guid: "g1"))
            #expect(byGUID == [stored])
            #expect(try await Store.peek(dataDirectory: fixture.folder, guid: "none") == [])
            let beginning = String(commit.prefix(7))
            let found = try #require(
                try await Store.peek(dataDirectory: fixture.folder, commit: beginning, repository: nil))
            #expect(found.deliveries == [stored])
            #expect(found.builds.map(\.build.commit) == [commit] && found.builds.first?.jobs.count == 1)
            let elsewhere = try await Store.peek(
                dataDirectory: fixture.folder, commit: beginning, repository: Fixture.repository("b"))
            #expect(elsewhere?.deliveries.isEmpty == true && elsewhere?.builds.isEmpty == true)
            #expect(try await Store.peek(dataDirectory: fixture.folder + "/none", guid: "g1") == nil)
        }
    }

    @Test("a delivery is decided again once, and makes no second job")
    func again() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let id = try await add("g1", to: fixture)
            let build = try Fixture.newBuild(project)
            try await fixture.store.finishDelivery(id, decision: "runs", build: build)
            #expect(try await fixture.store.decideAgain(id))
            #expect(try await !fixture.store.decideAgain(id), "it waits already")
            #expect(try await !fixture.store.decideAgain(99))
            #expect(try await fixture.store.pendingDeliveries(limit: 9).map(\.delivery.id) == [id])
            let made = try await fixture.store.finishDelivery(id, decision: "runs", build: build)
            #expect(made?.number == 1)
            #expect(try await fixture.store.jobs(#require(made).id).count == 1)
        }
    }

    @Test("where the settings of a project stand is kept with who wrote the lines, as long as nothing changes")
    func settings() async throws {
        try await Fixture.with { fixture in
            let project = try await fixture.declare(["a"])[0]
            let store = fixture.store
            #expect(try await store.projectSettings(project.id) == nil)
            let file = "projects/a.yaml"
            let value = ExplainedValue(
                path: "timeout", value: "20m", level: .project, place: ConfigPlace(file: file, line: 2))
            try await store.saveProjectSettings([(project.repository, [value])], commit: "c1")
            try await store.saveProjectSettings([(project.repository, [value])], commit: "c2")
            let ada = ConfigChange(commit: "c0", author: "Ada", date: Date(milliseconds: 5_000), subject: "Shorter")
            let history = FileHistory(parts: [.init(firstLine: 1, lineCount: 3, change: 0)], changes: [ada])
            try await store.saveConfigFiles([file: "o1"], areWanted: false)
            #expect(try await store.projectSettings(project.id)?.unknown == [file])
            #expect(try await store.wantedConfigHistories().isEmpty)
            try await store.wantConfigHistories([file, "none"])
            #expect(try await store.wantedConfigHistories().map(\.path) == [file])
            try await store.saveConfigHistory(file, object: "o0", history)
            #expect(try await store.projectSettings(project.id)?.unknown == [file], "of another content")
            try await store.saveConfigHistory(file, object: "o1", history)
            try await store.saveConfigFiles([file: "o1"], areWanted: true)
            #expect(try await store.wantedConfigHistories().isEmpty, "known already")
            #expect(try await store.knownConfigFiles() == [file: "o1"])
            let settings = try #require(try await store.projectSettings(project.id))
            #expect(settings.commit == "c1" && settings.unknown.isEmpty, "the same lines")
            #expect(settings.values.first?.place?.change == ada)
            try await store.removeConfigHistories([file])
            #expect(try await store.projectSettings(project.id)?.values == [value])
        }
    }
}
