import Foundation
import Git
import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

@Suite("Reconciling a project")
struct ReconcileTests {
    @Test("a second pass writes nothing; drift is healed and recorded, and a change of the configuration is no drift")
    func heal() async throws {
        try await GitHubWorld.with { world in
            let store = world.store
            var declared = try GitHubWorld.project("guild/widget") { $0.permissions.collaborators = ["alice": .push] }
            let id = try await world.declare([declared], commit: "c1")[0].id
            #expect(try await world.reconcile("guild/widget").operations.count == 2)
            _ = try await world.newWrites()
            #expect(try await world.reconcile("guild/widget").operations.isEmpty)
            #expect(try await world.newWrites().isEmpty)

            let hook = try #require(try await world.client.hooks("guild/widget").first)
            try await world.client.deleteHook("guild/widget", hook.id)
            try await world.control("PUT", "repos/guild/widget/collaborators/alice", ["permission": "admin"])
            #expect(try await world.reconcile("guild/widget").operations.count == 2)
            #expect(try await store.openDrift().isEmpty)
            let drift = try await store.drift(id)
            #expect(
                drift.map(\.difference).contains(
                    DriftDifference(object: "collaborator alice", field: "permission", old: "push", new: "admin")))
            #expect(drift.map(\.difference.object).contains("webhook tests"))
            #expect(drift.allSatisfy { $0.healedAt != nil })
            #expect(try await world.client.hooks("guild/widget").count == 1)

            declared.permissions.collaborators = ["alice": .pull]
            try await world.declare([declared], commit: "c2")
            #expect(try await world.reconcile("guild/widget").operations.count == 1)
            #expect(try await store.drift(id).count == drift.count)
        }
    }

    @Test("with drift: report a difference is shown and left; what is asked for is done; a repair by hand ends it")
    func report() async throws {
        try await GitHubWorld.with { world in
            let store = world.store
            var declared = try GitHubWorld.project("guild/widget", drift: .report)
            let id = try await world.declare([declared], commit: "c1")[0].id
            try await world.reconcile("guild/widget")
            let hook = try #require(try await world.client.hooks("guild/widget").first)
            _ = try await world.client.updateHook(
                "guild/widget", hook.id,
                GitHubHookSpec(
                    url: hook.url, events: ["release"],
                    secret: GitHubSecret(
                        world.configuration.secretKey.webhookSecret(
                            declared.repository, try #require(HookID("tests"))))))
            for _ in 0..<2 {
                let result = try await world.reconcile("guild/widget")
                #expect(result.operations.isEmpty)
                #expect(result.reportedDrift.count == 1)
                #expect(result.condition.status == .ready)
                #expect(result.condition.reason == "1 difference that nobody asked for: drift is only reported.")
            }
            let expected = DriftDifference(
                object: "webhook tests", field: "events", old: hook.events.joined(separator: ", "), new: "release")
            #expect(try await store.openDrift().map(\.difference) == [expected])

            // Another hook is asked for: it is made, and the difference stays a difference.
            declared.hooks.append(
                Hook(id: try #require(HookID("lint")), image: "debian", buildScript: "#!/bin/sh\n"))
            try await world.declare([declared], commit: "c2")
            let result = try await world.reconcile("guild/widget")
            #expect(result.operations.count == 1)
            #expect(result.reportedDrift.count == 1)

            let records = try #require(try await Store.peek(dataDirectory: world.folder + "/data"))
            let live = LivePlan(
                client: world.client, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey, records: records)
            let entry = try #require(await live.entries(DesiredState(projects: [declared])).first)
            #expect(entry.plan?.operations.count == 1)
            #expect(entry.drift.count == 1 && entry.reported == entry.drift)
            #expect(entry.hasDifferences && entry.pending.isEmpty, "what is only reported is pending for ever")

            _ = try await world.client.updateHook(
                "guild/widget", hook.id,
                GitHubHookSpec(
                    url: hook.url, events: hook.events,
                    secret: GitHubSecret(
                        world.configuration.secretKey.webhookSecret(
                            declared.repository, try #require(HookID("tests"))))))
            #expect(try await world.reconcile("guild/widget").condition.reason == nil)
            #expect(try await store.openDrift().isEmpty)
            #expect(try await store.drift(id).first?.healedAt != nil)
        }
    }

    @Test(
        "of its own webhook a hook says what becomes of a difference, of all else the project",
        arguments: [HookSettings.DriftMode.heal, .report])
    func driftOfHooks(mode: HookSettings.DriftMode) async throws {
        try await GitHubWorld.with { world in
            var other = Hook(id: try #require(HookID("other")), image: "debian", buildScript: "#!/bin/sh\n")
            other.settings.drift = mode == .heal ? .report : .heal
            var declared = try GitHubWorld.project("guild/widget", drift: mode)
            declared.permissions.collaborators = ["alice": .push]
            declared.hooks.insert(other, at: 0)
            try await world.declare([declared], commit: "c1")
            try await world.reconcile("guild/widget")
            for hook in try await world.client.hooks("guild/widget") {
                try await world.client.deleteHook("guild/widget", hook.id)
            }
            try await world.control("PUT", "repos/guild/widget/collaborators/alice", ["permission": "admin"])

            let live = LivePlan(
                client: world.client, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey,
                records: try await Store.peek(dataDirectory: world.folder + "/data"))
            let entry = try #require(await live.entries(DesiredState(projects: [declared])).first)
            let left = mode == .heal ? ["webhook other"] : ["collaborator alice", "webhook tests"]
            #expect(entry.drift.count == 3 && entry.reported.map(\.change.object).sorted() == left)

            let result = try await world.reconcile("guild/widget")
            #expect(result.operations.count == 3 - left.count)
            #expect(result.reportedDrift.map(\.change.object).sorted() == left)
            #expect(try await world.store.openDrift().allSatisfy { left.contains($0.difference.object) })
            // What is reported stays drift, and is what the page says.
            #expect(try await world.reconcile("guild/widget").operations.isEmpty)
            let record = try #require(try await world.store.reconcileRecords().first)
            let stored = StoredPlan(
                records: [record], externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey
            ).entry(record)
            #expect(stored.plan?.operations.map(\.change.object).sorted() == left)
            #expect(stored.reported.map(\.change.object).sorted() == left)
        }
    }

    @Test("a private repository gets a read-only key whose private half only this project can open; it goes with it")
    func deployKey() async throws {
        try await GitHubWorld.with { world in
            let store = world.store
            let project = try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0]
            try await world.reconcile("guild/gear")
            let key = try #require(try await world.client.deployKeys("guild/gear").first)
            #expect(key.title == "Kozmic https://ci.example.org" && key.isReadOnly)
            let record = try #require(try await store.reconcileRecord(project.id)?.deployKey)
            #expect(record.githubID == key.id && key.matches(record.publicKey))

            let vault = DeployKeyVault(store: store, secretKey: world.configuration.secretKey)
            #expect(vault.access(record) == .own)
            var moved = record
            moved.projectID += 1
            #expect(vault.access(moved) == .none, "bound to the project")
            let other = try #require(SecretKey(bytes: [UInt8](repeating: 1, count: 32)))
            #expect(DeployKeyVault(store: store, secretKey: other).access(record) == .none)
            let remote = DeployKeyRemote(
                store: store, secretKey: world.configuration.secretKey, knownHosts: { "github.com ssh-ed25519 x" })
            let found = try #require(try await remote.remote(project.repository))
            #expect(found.url == "git@github.com:guild/gear.git")
            let privateKey = try vault.privateKey(record)
            #expect(found.credentials == .ssh(privateKey: privateKey, knownHosts: "github.com ssh-ed25519 x"))

            // A key that may push, or that was deleted, is drift.
            try await world.client.deleteDeployKey("guild/gear", key.id)
            _ = try await world.client.createDeployKey(
                "guild/gear", title: key.title, key: record.publicKey, isReadOnly: false)
            #expect(try await world.reconcile("guild/gear").operations.count == 1)
            #expect(try await world.client.deployKeys("guild/gear").map(\.isReadOnly) == [true])
            #expect(try await store.drift(project.id).map(\.difference.field) == ["read_only"])

            // Made public, it needs none: a consequence, not drift.
            try await world.control("PATCH", "repos/guild/gear", ["private": false])
            #expect(try await world.reconcile("guild/gear").operations.count == 1)
            #expect(try await world.client.deployKeys("guild/gear").isEmpty)
            #expect(try await store.drift(project.id).count == 1)
            try await world.control("PATCH", "repos/guild/gear", ["private": true])
            try await world.reconcile("guild/gear")

            try await world.declare([], commit: "c2")
            #expect(try await store.projectsToCleanUp().count == 1)
            try await world.reconcile("guild/gear")
            #expect(try await world.client.deployKeys("guild/gear").isEmpty)
            #expect(try await world.client.hooks("guild/gear").isEmpty)
            #expect(try await store.projectsToCleanUp().isEmpty)
        }
    }

    @Test("a renamed repository is followed by its number, an archived one stalls, one that was made again is adopted")
    func identity() async throws {
        try await GitHubWorld.with { world in
            try await world.declare([GitHubWorld.project("guild/widget")], commit: "c1")
            try await world.reconcile("guild/widget")
            let id = try #require(try await world.store.activeProjects().first?.githubID)
            try await world.control("PATCH", "repos/guild/widget", ["name": "gadget"])
            // Somebody else takes the old name.
            try await world.control("POST", "repos", ["owner": "guild", "name": "widget"])
            let hook = try #require(try await world.client.hooks("guild/gadget").first)
            try await world.client.deleteHook("guild/gadget", hook.id)
            let renamed = try await world.reconcile("guild/widget")
            #expect(renamed.operations.count == 1)
            #expect(renamed.condition.status == .ready)
            #expect(renamed.condition.reason?.contains("guild/gadget") == true)
            #expect(try await world.client.hooks("guild/gadget").count == 1)
            #expect(try await world.client.hooks("guild/widget").isEmpty)

            try await world.control("PATCH", "repos/guild/gadget", ["archived": true])
            _ = try await world.newWrites()
            let problem = await #expect(throws: ReconcileProblem.self) { try await world.reconcile("guild/widget") }
            #expect(problem?.isStalled == true && problem?.reason.contains("is archived") == true)
            #expect(try await world.newWrites().isEmpty)
            try await world.control("PATCH", "repos/guild/gadget", ["archived": false])
            #expect(try await world.reconcile("guild/widget").condition.status == .ready, "unarchived")

            try await world.control("DELETE", "repos/guild/gadget")
            let again = try await world.reconcile("guild/widget")
            #expect(again.operations.count == 1 && again.condition.reason == nil)
            let adopted = try await world.store.activeProjects().first?.githubID
            #expect(adopted != nil && adopted != id)
        }
    }

    @Test("a repository that is declared under its new name keeps its deploy key; the old name forgets it")
    func newNameOfPrivate() async throws {
        try await GitHubWorld.with { world in
            try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")
            await world.pass()
            let old = try await world.client.deployKeys("guild/gear")
            try await world.control("PATCH", "repos/guild/gear", ["name": "wheel"])
            try await world.declare([GitHubWorld.project("guild/wheel")], commit: "c2")
            _ = try await world.newWrites()
            await world.pass()
            #expect(try await world.newWrites().count == 1, "the webhook's address")
            #expect(try await world.client.deployKeys("guild/wheel") == old)
            await world.pass()
            #expect(try await world.newWrites() == [])
            #expect(try await world.store.projectsToCleanUp().isEmpty)
            let project = try #require(try await world.store.activeProjects().first)
            #expect(try await world.store.reconcileRecord(project.id)?.deployKey?.githubID == old.first?.id)

            // Under a third name it wants none.
            try await world.control("PATCH", "repos/guild/wheel", ["name": "axle"])
            try await world.declare([GitHubWorld.project("guild/axle") { $0.deployKey = .never }], commit: "c3")
            await world.pass()
            #expect(try await world.client.deployKeys("guild/axle").isEmpty)
            await world.pass()
            #expect(try await world.store.projectsToCleanUp().isEmpty)
        }
    }

    @Test("a repository that is declared under its new name takes the webhook over; the old name deletes nothing")
    func newName() async throws {
        try await GitHubWorld.with { world in
            try await world.declare([GitHubWorld.project("guild/widget")], commit: "c1")
            await world.pass()
            let old = try await world.client.hooks("guild/widget")
            try await world.control("PATCH", "repos/guild/widget", ["name": "gadget"])
            let live = LivePlan(
                client: world.client, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey,
                records: try await Store.peek(dataDirectory: world.folder + "/data"))
            let entries = await live.entries(DesiredState(projects: [try GitHubWorld.project("guild/gadget")]))
            let planned = entries.flatMap { $0.plan?.operations ?? [] }.map(\.change)
            #expect(planned.map(\.action) == [.update] && planned.first?.id == old.first?.id, "\(planned)")
            // A pass notes the new name; from then on the plan without GitHub knows it, too.
            await world.pass()
            let stored = StoredPlan(
                records: try await world.store.reconcileRecords(), externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey
            ).entries(DesiredState(projects: [try GitHubWorld.project("guild/gadget")]))
            let remembered = stored.flatMap { $0.plan?.operations ?? [] }.map(\.change)
            #expect(remembered.map(\.action) == [.update] && remembered.first?.id == old.first?.id, "\(remembered)")
            // As when another file is broken, so that nothing may be removed: both names are declared.
            let both = try [GitHubWorld.project("guild/gadget"), GitHubWorld.project("guild/widget")]
            try await world.declare(both, commit: "c2")
            await world.pass()
            #expect(try await world.newWrites().count == 2, "made, and changed in place")
            await world.pass()
            #expect(try await world.newWrites() == [])
            let second = try #require(try await world.store.activeProjects().last)
            #expect(second.condition.reason?.contains("remove the file of guild/widget") == true)
            try await world.declare([GitHubWorld.project("guild/gadget")], commit: "c3")
            await world.pass()
            let new = try await world.client.hooks("guild/gadget")
            #expect(new.map(\.id) == old.map(\.id) && new.first?.url.hasSuffix("/guild/gadget/tests") == true)
            #expect(try await world.newWrites().allSatisfy { !$0.hasPrefix("DELETE") })
            await world.pass()
            #expect(try await world.newWrites() == [])
            #expect(try await world.store.projectsToCleanUp().isEmpty)
        }
    }

    @Test("what was made again was never as declared, and what came back neither: with drift: report too it is done")
    func newAgain() async throws {
        try await GitHubWorld.with { world in
            let declared = try GitHubWorld.project("guild/widget", drift: .report) {
                $0.permissions.collaborators = ["alice": .push]
            }
            try await world.declare([declared], commit: "c1")
            #expect(try await world.reconcile("guild/widget").operations.count == 2)
            try await world.control("DELETE", "repos/guild/widget")
            try await world.control("POST", "repos", ["owner": "guild", "name": "widget"])
            let again = try await world.reconcile("guild/widget")
            #expect(again.operations.count == 2 && again.reportedDrift.isEmpty)

            try await world.declare([], commit: "c2")
            try await world.reconcile("guild/widget")
            #expect(try await world.store.projectsToCleanUp().isEmpty)
            try await world.declare([declared], commit: "c3")
            let back = try await world.reconcile("guild/widget")
            #expect(back.operations.count == 1 && back.reportedDrift.isEmpty)
        }
    }

    @Test("a token that belongs to no account, as an app's, administers permissions all the same")
    func appToken() async throws {
        try await GitHubWorld.with { world in
            try await world.declare(
                [GitHubWorld.project("guild/widget") { $0.permissions.collaborators = ["alice": .push] }], commit: "c1")
            try await world.control(
                "POST", "faults",
                ["target": "request", "method": "GET", "path": "/user", "action": "status", "status": 403])
            #expect(try await world.reconcile("guild/widget").operations.count == 2)
        }
    }

    @Test("without the server's records a plan does not take its own webhooks and keys for wrong")
    func planWithoutRecords() async throws {
        try await GitHubWorld.with { world in
            let declared = try GitHubWorld.project("guild/gear")
            try await world.declare([declared], commit: "c1")
            func plan(_ records: [ReconcileRecord]?, _ projects: [Project]) async -> [LivePlan.Entry] {
                await LivePlan(
                    client: world.client, externalURL: world.configuration.externalURL,
                    secretKey: world.configuration.secretKey, records: records
                ).entries(DesiredState(projects: projects))
            }
            let before = await plan(nil, [declared])
            #expect(before.first?.plan?.operations.count == 2)
            try await world.reconcile("guild/gear")
            let after = await plan(nil, [declared])
            #expect(after.first?.plan?.isEmpty == true)
            let records = try await Store.peek(dataDirectory: world.folder + "/data")
            let known = await plan(records, [declared])
            #expect(known.first?.plan?.isEmpty == true)
            let removal = await plan(records, [])
            #expect(removal.first?.plan?.operations.map { "\($0)".prefix(9) } == ["- webhook", "- deploy "])
            let missing = await plan(records, [try GitHubWorld.project("guild/nothing")])
            #expect(missing.last?.error?.contains("knows no repository guild/nothing") == true)
        }
    }

    @Test("a mirror that the token does not open is fetched in the other way")
    func mirrorFallback() async throws {
        try await GitHubWorld.with { world in
            let repository = try #require(RepositoryName("guild/gear"))
            let made = try await world.control(
                "POST", "repos/guild/gear/commits",
                ["message": "x", "files": ["a": "b"] as [String: any Sendable]])
            let commit = try #require(
                (try JSONSerialization.jsonObject(with: made) as? [String: Any])?["sha"] as? String)
            let listed = try await world.control("GET", "repos/guild/gear")
            let path = try #require(
                (try JSONSerialization.jsonObject(with: listed) as? [String: Any])?["path"] as? String)
            let closed = ProjectMirrors(configuration: world.configuration)
            await #expect(throws: GitError.self) {
                _ = try await closed.mirror(repository, with: commit, .branch("main"))
            }
            let open = ProjectMirrors(configuration: world.configuration, fallback: { _ in GitRemote(url: path) })
            let mirror = try await open.mirror(repository, with: commit, .branch("main"))
            #expect(await mirror.contains(commit: commit))
        }
    }
}
