import Foundation
import GitHub
import Logging
import Model
import Store
import Testing

@testable import Controller

@Suite("A project that becomes authoritative", .timeLimit(.minutes(5)))
struct RemovalGateTests {
    private let people = ["ann", "ben", "cyd", "dan"]

    /// A world with an admin repository that declares guild/widget, whose four collaborators are all by hand.
    ///
    /// - Parameter permissions: what is declared at first.
    private func with(
        _ permissions: String,
        _ body: (GitHubWorld, (String, String) async throws -> ConfigRevision) async throws -> Void
    ) async throws {
        try await GitHubWorld.with { world in
            for login in people + ["eve", "mallory"] { try await world.control("POST", "users", ["login": login]) }
            try await world.control("POST", "repos", ["owner": "guild", "name": "config", "files": ["README": "x"]])
            for login in people { try await invite(world, login) }
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let sync = ConfigSync(configuration: world.configuration, store: world.store, logger: logger)
            /// Commits those permissions, and reads them.
            func commit(_ permissions: String, _ message: String) async throws -> ConfigRevision {
                let text = """
                    repository: guild/widget
                    permissions: \(permissions)
                    hooks: {tests: {image: debian, build_script: '#!/bin/sh'}}

                    """
                try await world.control(
                    "POST", "repos/guild/config/commits",
                    ["branch": "main", "message": message, "files": ["projects/widget.yaml": text, "NOTE": message]])
                #expect(await sync.pass())
                return try #require(try await world.store.latestConfigRevision())
            }
            #expect(try await commit(permissions, "Declare").appliedAt != nil)
            try await world.reconcile("guild/widget")
            try await body(world, commit)
        }
    }

    private func invite(_ world: GitHubWorld, _ login: String) async throws {
        try await world.control("PUT", "repos/guild/widget/collaborators/\(login)", ["permission": "push"])
    }

    private func collaborators(_ world: GitHubWorld) async throws -> [String] {
        try await world.client.collaborators("guild/widget", affiliation: .direct).map(\.login).sorted()
    }

    @Test("whose people nobody ever looked at takes nothing from them until a commit says how many")
    func unseen() async throws {
        try await with("{}") { world, commit in
            #expect(try await commit("{authoritative: true}", "Alone").appliedAt != nil)
            // A pass after a restart decides as the first one did.
            for _ in 0..<2 {
                let result = try await world.reconcile("guild/widget")
                #expect(result.condition.status == .stalled && result.operations.isEmpty)
                let reason = try #require(result.condition.reason)
                #expect(reason.contains("4 of 4 people and teams (guild/widget ann, "))
                #expect(reason.contains("'Kozmic-Allow-Prune: 4'"))
            }
            #expect(try await collaborators(world) == people)

            // Another commit is not held for it, and a wrong number changes nothing.
            #expect(try await commit("{authoritative: true}", "Other").appliedAt != nil)
            #expect(try await commit("{authoritative: true}", "Yes\n\nKozmic-Allow-Prune: 3\n").appliedAt != nil)
            #expect(try await world.reconcile("guild/widget").condition.reason?.contains("(not 3)") == true)
            #expect(try await collaborators(world) == people)

            _ = try await world.store.takeWantedSyncs()
            #expect(try await commit("{authoritative: true}", "Yes\n\nKozmic-Allow-Prune: 4\n").appliedAt != nil)
            #expect(try await world.store.takeWantedSyncs().count == 1)
            #expect(try await world.reconcile("guild/widget").condition.status == .ready)
            #expect(try await collaborators(world) == [])

            // From here on strangers are drift, however many they are.
            for login in ["eve", "mallory"] { try await invite(world, login) }
            let healed = try await world.reconcile("guild/widget")
            #expect(healed.operations.count == 2 && healed.condition.status == .ready)
            #expect(try await collaborators(world) == [])
            _ = try await commit("{authoritative: true}", "Later")
            #expect(try await world.store.serverSettings()?.agreedRemovals == nil)
        }
    }

    @Test("whose people are known is held with its commit, and by kozmic plan")
    func seen() async throws {
        try await with("{collaborators: {ann: push}}") { world, commit in
            let alone = "{authoritative: true, collaborators: {ann: push}}"
            let held = try await commit(alone, "Alone")
            #expect(held.appliedAt == nil)
            let error = try #require(held.error)
            #expect(error.contains("it removes 3 of 4 people and teams (guild/widget ben, "))
            #expect(error.contains("'Kozmic-Allow-Prune: 3'"))
            let folder = world.folder + "/data"
            let reading = try await AdminRevision.read(
                world.configuration, revision: nil, applied: try await Store.peekApplied(dataDirectory: folder),
                records: try await Store.peek(dataDirectory: folder) ?? [])
            #expect(reading.refusal.map { error.hasSuffix($0) } == true)
            #expect(try await world.reconcile("guild/widget").operations.isEmpty)

            #expect(try await commit(alone, "Yes\n\nKozmic-Allow-Prune: 3\n").appliedAt != nil)
            // One is refused: it goes on with the next pass, although more came meanwhile.
            try await world.control(
                "POST", "faults",
                [
                    "target": "request", "method": "DELETE", "path": "/repos/guild/widget/collaborators/cyd",
                    "action": "status", "status": 403, "body": ["message": "Made up"], "times": 1,
                ])
            #expect(try await world.reconcile("guild/widget").condition.status == .stalled)
            #expect(try await collaborators(world) == ["ann", "cyd", "dan"])
            for login in ["eve", "mallory"] { try await invite(world, login) }
            #expect(try await world.reconcile("guild/widget").condition.status == .ready)
            #expect(try await collaborators(world) == ["ann"])
        }
    }

    @Test("needs no word for one person, nor for nobody; and none is taken back")
    func small() async throws {
        try await with("{}") { world, commit in
            let most = "collaborators: {ann: push, ben: push, cyd: push}"
            #expect(try await commit("{authoritative: true, \(most)}", "Alone").appliedAt != nil)
            #expect(try await world.reconcile("guild/widget").condition.status == .ready)
            #expect(try await collaborators(world) == ["ann", "ben", "cyd"])
            #expect(try await commit("{\(most)}", "Back").appliedAt != nil)
            try await world.reconcile("guild/widget")
            for login in ["dan", "eve", "mallory"] { try await invite(world, login) }
            // Authoritative once more, it is asked once more: nobody has seen these three yet.
            #expect(try await commit("{authoritative: true, \(most)}", "Again").appliedAt != nil)
            #expect(try await world.reconcile("guild/widget").condition.status == .stalled)
            // To declare them is a way out, too.
            let all = "collaborators: {ann: push, ben: push, cyd: push, dan: push, eve: push, mallory: push}"
            #expect(try await commit("{authoritative: true, \(all)}", "Keep them").appliedAt != nil)
            #expect(try await world.reconcile("guild/widget").condition.status == .ready)
            #expect(try await collaborators(world).count == 6)
        }
    }
}
