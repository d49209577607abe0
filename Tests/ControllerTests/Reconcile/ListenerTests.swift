import GitHub
import Model
import Reconciler
import Testing

@testable import Controller

@Suite("Who listens, and what the log is told")
struct ListenerTests {
    @Test("the log is told of a difference that is only reported when it is found, and again when it comes back")
    func told() throws {
        let alice = Reconciler.Operation.permission(.remove(login: "alice", from: "push"))
        let bob = Reconciler.Operation.permission(.remove(login: "bob", from: "push"))
        let drift = ReportedDrift()
        #expect(drift.news(1, [alice]) == [alice])
        #expect(drift.news(1, [alice]).isEmpty && drift.news(1, [alice, bob]) == [bob])
        #expect(drift.news(2, [alice]) == [alice])
        #expect(drift.news(1, []).isEmpty && drift.news(1, [alice]) == [alice])
    }

    @Test("a hook more changes no webhook that is there; when the one that listens goes, another does it")
    func listener() async throws {
        try await GitHubWorld.with { world in
            func hook(_ id: String) throws -> Hook {
                Hook(id: try #require(HookID(id)), image: "debian", buildScript: "#!/bin/sh\ntrue\n")
            }
            func listeners() async throws -> [String] {
                try await world.client.hooks("guild/widget").filter { $0.events.contains("member") }
                    .map { String($0.url.split(separator: "/").last ?? "") }
            }
            let name = try #require(RepositoryName("guild/widget"))
            func declare(_ hooks: [Hook], _ commit: String) async throws {
                let project = Project(repository: name, hooks: hooks, file: "projects/x.yaml")
                try await world.declare([project], commit: commit)
                try await world.reconcile("guild/widget")
            }
            try await declare([try hook("tests")], "c1")
            #expect(try await listeners() == ["tests"])
            _ = try await world.newWrites()
            // Its id comes first.
            try await declare([try hook("lint"), try hook("tests")], "c2")
            #expect(try await world.newWrites() == ["POST /repos/guild/widget/hooks"])
            #expect(try await listeners() == ["tests"])
            #expect(try await world.reconcile("guild/widget").operations.isEmpty)
            // Deleted by hand it is made again as it was.
            let tests = try #require(
                try await world.client.hooks("guild/widget").first { $0.url.hasSuffix("/tests") })
            try await world.client.deleteHook("guild/widget", tests.id)
            #expect(try await world.reconcile("guild/widget").operations.count == 1)
            #expect(try await listeners() == ["tests"])
            try await declare([try hook("lint")], "c3")
            #expect(try await listeners() == ["lint"])
        }
    }
}
