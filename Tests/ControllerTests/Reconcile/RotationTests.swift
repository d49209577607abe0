import Foundation
import Git
import GitHub
import Model
import Reconciler
import Store
import Synchronization
import Testing

@testable import Controller

@Suite("Rotation of deploy keys and webhook secrets")
struct RotationTests {
    private static let request = RotationRequest(id: "r1", kind: .deployKeys)

    private func fails(_: GitRemote) async throws { throw GitError(.authentication, "permission denied") }

    @Test("a new deploy key is there and was tried before the old one goes; until then both are known")
    func overlap() async throws {
        try await GitHubWorld.with { world in
            let id = try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0].id
            try await world.reconcile("guild/gear")
            let old = try #require(try await world.client.deployKeys("guild/gear").first)
            #expect(try await world.store.rotate(Self.request, adminRepository: nil)?.repositories.count == 1)
            #expect(try await world.store.rotate(Self.request, adminRepository: nil) == nil, "taken once")
            #expect(try await world.store.takeWantedSyncs() == [id])

            let stuck = try await world.reconcile("guild/gear", trial: fails)
            #expect(stuck.condition.status == .reconciling)
            #expect(stuck.condition.reason?.contains("git cannot read with it: ") == true)
            let both = try await world.client.deployKeys("guild/gear")
            #expect(both.count == 2 && both.contains { $0.id == old.id })
            #expect(
                both.map(\.title).sorted() == ["Kozmic https://ci.example.org", "Kozmic https://ci.example.org #2"])
            let record = try #require(try await world.store.reconcileRecord(id))
            #expect(record.deployKeys.map(\.role).sorted { $0.rawValue < $1.rawValue } == [.current, .next])
            #expect(old.matches(try #require(record.deployKey).publicKey), "git goes on with the old one")
            // Asked for once more meanwhile: it is the same rotation.
            _ = try await world.store.rotate(RotationRequest(id: "r2", kind: .deployKeys), adminRepository: nil)

            _ = try await world.newWrites()
            let seen = Mutex<[String]>([])
            let keys = try await world.client.deployKeys("guild/gear").count
            let done = try await world.reconcile("guild/gear") { remote in
                seen.withLock { $0.append(remote.url) }
            }
            #expect(keys == 2 && done.condition.status == .ready)
            #expect(seen.withLock { $0 } == ["git@github.com:guild/gear.git"])
            #expect(try await world.newWrites() == ["DELETE /repos/guild/gear/keys/\(old.id)"])
            let after = try #require(try await world.store.reconcileRecord(id))
            #expect(after.deployKeys.count == 1 && after.deployKey?.generation == 2)
            #expect(try await world.reconcile("guild/gear").operations.isEmpty)
            #expect(try await world.newWrites().isEmpty)
        }
    }

    @Test("what a crash leaves of a rotation is finished by the next pass, with one key on GitHub in the end")
    func crash() async throws {
        for step in 0..<3 {
            try await GitHubWorld.with { world in
                let id = try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0].id
                try await world.reconcile("guild/gear")
                _ = try await world.store.rotate(Self.request, adminRepository: nil)
                let project = try #require(try await world.store.project(id: id))
                let vault = DeployKeyVault(
                    store: world.store, secretKey: world.configuration.secretKey,
                    server: world.configuration.externalURL)
                let next = try await vault.make(
                    id, repositoryID: try #require(project.githubID), generation: 2, role: .next)
                // GitHub has it, and nobody lived to note that.
                if step > 0 {
                    _ = try await world.client.createDeployKey(
                        "guild/gear", title: "Kozmic https://ci.example.org #2", key: next.publicKey, isReadOnly: true)
                }
                if step > 1 { try await world.store.setDeployKeyRole(id, next.publicKey, .current) }
                let result = try await world.reconcile("guild/gear") { _ in }
                #expect(result.condition.status == .ready)
                let keys = try await world.client.deployKeys("guild/gear")
                #expect(keys.count == 1 && keys.first?.matches(next.publicKey) == true, "step \(step)")
                #expect(try await world.store.reconcileRecord(id)?.deployKeys.map(\.role) == [.current])
            }
        }
    }

    @Test("another secret key replaces the deploy key: with the old one at hand git can read all the time")
    func otherSecretKey() async throws {
        let fresh = try #require(SecretKey(bytes: [UInt8](repeating: 5, count: 32)))
        for hasOld in [true, false] {
            try await GitHubWorld.with { world in
                let id = try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0].id
                try await world.reconcile("guild/gear")
                let old = try #require(try await world.client.deployKeys("guild/gear").first)
                _ = try await world.client.createDeployKey(
                    "guild/gear", title: "by hand", key: Self.strangersKey, isReadOnly: true)
                let keys = hasOld ? [fresh, world.configuration.secretKey] : [fresh]
                if hasOld {
                    _ = try await world.reconcile("guild/gear", secretKeys: keys, trial: fails)
                    #expect(try await world.client.deployKeys("guild/gear").count == 3)
                }
                let result = try await world.reconcile("guild/gear", secretKeys: keys) { _ in }
                #expect(result.condition.status == .ready)
                let there = try await world.client.deployKeys("guild/gear")
                #expect(there.count == 2 && !there.contains { $0.id == old.id })
                #expect(there.contains { $0.title == "by hand" })
                let record = try #require(try await world.store.reconcileRecord(id)?.deployKey)
                #expect(DeployKeyVault(store: world.store, secretKey: fresh).access(record) == .own)
                #expect(try await world.reconcile("guild/gear", secretKeys: [fresh]).operations.isEmpty)
            }
        }
    }

    @Test("a plan shows the replacement that another secret key, or a rotation, leads to; what is done then is that")
    func foreseen() async throws {
        let fresh = try #require(SecretKey(bytes: [UInt8](repeating: 5, count: 32)))
        for (hasOld, isRotated) in [(true, false), (false, false), (true, true)] {
            try await GitHubWorld.with { world in
                let project = try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0]
                try await world.reconcile("guild/gear")
                let former = world.configuration.secretKey
                let keys = isRotated ? [former] : hasOld ? [fresh, former] : [fresh]
                if isRotated { _ = try await world.store.rotate(Self.request, adminRepository: nil) }

                /// The lines about deploy keys, of both plans.
                func lines() async throws -> [String] {
                    let records = try #require(try await Store.peek(dataDirectory: world.folder + "/data"))
                    let record = try #require(records.first)
                    let stored = StoredPlan(
                        records: records, externalURL: world.configuration.externalURL, secretKey: keys[0],
                        oldSecretKeys: Array(keys.dropFirst()))
                    let live = LivePlan(
                        client: world.client, externalURL: world.configuration.externalURL, secretKey: keys[0],
                        oldSecretKeys: Array(keys.dropFirst()), records: records)
                    let entry = try #require(await live.entries(DesiredState(projects: [project.config])).first)
                    #expect(entry.plan == stored.entry(record).plan)
                    #expect(entry.drift.isEmpty)
                    return (entry.plan?.operations ?? []).filter { $0.part == .deployKey }.map { "\($0)" }
                }

                let plan = try await lines()
                #expect(plan.count == 2, "\(plan)")
                #expect(plan.first?.hasPrefix("+ deploy key Kozmic https://ci.example.org #2") == true, "\(plan)")
                #expect(plan.last?.hasPrefix("- deploy key Kozmic https://ci.example.org") == true, "\(plan)")
                // GitHub has the new one and the old one is left: that is what is left to be done.
                if hasOld {
                    _ = try await world.reconcile("guild/gear", secretKeys: keys, trial: fails)
                    let rest = try await lines()
                    #expect(rest.map { $0.prefix(2) } == ["- "], "\(rest)")
                }
                _ = try await world.reconcile("guild/gear", secretKeys: keys) { _ in }
                #expect(try await lines().isEmpty)
                let key = try #require(try await world.client.deployKeys("guild/gear").first)
                let record = try #require(try await world.store.reconcileRecord(project.id)?.deployKey)
                #expect(key.matches(record.publicKey))
                #expect(!hasOld || plan.first?.contains(record.fingerprint) == true, "\(plan)")
            }
        }
    }

    @Test("a rotated webhook secret is another one for GitHub and for us, and the former one is remembered for an hour")
    func webhookSecret() async throws {
        try await GitHubWorld.with { world in
            let store = world.store
            let id = try await world.declare([GitHubWorld.project("guild/widget")], commit: "c1")[0].id
            try await world.reconcile("guild/widget")
            let before = try #require(try await store.webhooks(id).first)
            let wish = RotationRequest(id: "w", kind: .webhookSecrets)
            let admin = try #require(RepositoryName("guild/config"))
            #expect(try await store.rotate(wish, adminRepository: admin)?.repositories.count == 2)
            let result = try await world.reconcile("guild/widget")
            #expect(result.operations.count == 1 && result.condition.status == .ready)
            #expect(try await store.openDrift().isEmpty)
            let hook = try #require(try await world.client.hooks("guild/widget").first)
            #expect(hook.id == before.githubID && hook.url.hasSuffix("/_hooks/guild/widget/tests?rotation=2"))
            let secrets = try await store.webhookSecrets(before.repository(in: store), before.hook)
            #expect(secrets.generation == 2 && secrets.former.keys.contains(before.secretFingerprint))
            #expect(try await world.reconcile("guild/widget").operations.isEmpty)
        }
    }

    @Test("a webhook whose secret somebody changed on GitHub gets ours again when its first delivery is refused")
    func changedByHand() async throws {
        try await GitHubWorld.with { world in
            let store = world.store
            let project = try await world.declare([GitHubWorld.project("guild/widget")], commit: "c1")[0]
            try await world.reconcile("guild/widget")
            var record = try #require(try await store.webhooks(project.id).first)
            let (name, hook) = (project.repository, record.hook)
            #expect(try await !store.noteRefusedDelivery(name, hook, githubID: record.githubID), "set a moment ago")
            record.updatedAt = Date(timeIntervalSinceNow: -3600)
            try await store.saveWebhook(record)
            #expect(try await !store.noteRefusedDelivery(name, hook, githubID: record.githubID + 1))
            #expect(try await store.noteRefusedDelivery(name, hook, githubID: record.githubID))
            #expect(try await !store.noteRefusedDelivery(name, hook, githubID: record.githubID), "once")
            _ = try await world.newWrites()
            try await world.reconcile("guild/widget")
            #expect(try await world.newWrites() == ["PATCH /repos/guild/widget/hooks/\(record.githubID)"])
            try await world.reconcile("guild/widget")
            #expect(try await world.newWrites().isEmpty)
        }
    }

    @Test("after the loss of the database all is found on GitHub as it was, rotated or not, without a write")
    func lostDatabase() async throws {
        try await GitHubWorld.with { world in
            let projects = try [
                GitHubWorld.project("guild/gear") { $0.permissions.collaborators = ["alice": .push] },
                GitHubWorld.project("guild/widget"),
            ]
            for isRotated in [false, true] {
                try await world.declare(projects, commit: "c1")
                for name in ["guild/gear", "guild/widget"] { try await world.reconcile(name) }
                if isRotated {
                    _ = try await world.store.rotate(Self.request, adminRepository: nil)
                    _ = try await world.store.rotate(
                        RotationRequest(id: "w", kind: .webhookSecrets), adminRepository: nil)
                    for name in ["guild/gear", "guild/widget"] { try await world.reconcile(name) { _ in } }
                }
                _ = try await world.newWrites()
                try await world.withLostDatabase { fresh in
                    let records = try await fresh.declare(projects, commit: "c1")
                    for name in ["guild/gear", "guild/widget"] {
                        let result = try await fresh.reconcile(name)
                        #expect(result.operations.isEmpty && result.condition.status == .ready)
                    }
                    #expect(try await fresh.newWrites().isEmpty)
                    // All is remembered as if it had been made here.
                    for record in records {
                        let old = try #require(try await world.store.project(record.repository)).id
                        #expect(
                            try await fresh.store.webhooks(record.id).map(\.githubID)
                                == world.store.webhooks(old).map(\.githubID))
                        #expect(
                            try await fresh.store.reconcileRecord(record.id)?.deployKey?.publicKey
                                == world.store.reconcileRecord(old)?.deployKey?.publicKey)
                    }
                    let hook = try #require(HookID("tests"))
                    let secrets = try await fresh.store.webhookSecrets(records[0].repository, hook)
                    #expect(secrets.generation == (isRotated ? 2 : 1))
                    // And removed when it is no longer declared.
                    if isRotated {
                        try await fresh.declare([], commit: "c2")
                        for name in ["guild/gear", "guild/widget"] { try await fresh.reconcile(name) }
                        #expect(try await fresh.client.hooks("guild/gear").isEmpty)
                        #expect(try await fresh.client.deployKeys("guild/gear").isEmpty)
                        #expect(try await fresh.store.projectsToCleanUp().isEmpty)
                    }
                }
            }
        }
    }

    @Test("a rotation goes on after the loss of the database: the old key stays until the new one was tried")
    func lostInTheMiddle() async throws {
        try await GitHubWorld.with { world in
            try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")
            try await world.reconcile("guild/gear")
            _ = try await world.store.rotate(Self.request, adminRepository: nil)
            try await world.reconcile("guild/gear", trial: fails)
            try await world.withLostDatabase { fresh in
                let id = try await fresh.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0].id
                try await fresh.reconcile("guild/gear", trial: fails)
                #expect(try await fresh.client.deployKeys("guild/gear").count == 2)
                #expect(try await fresh.store.reconcileRecord(id)?.deployKey?.generation == 1)
                try await fresh.reconcile("guild/gear") { _ in }
                #expect(
                    try await fresh.client.deployKeys("guild/gear").map(\.title) == ["Kozmic https://ci.example.org #2"]
                )
                #expect(try await fresh.store.reconcileRecord(id)?.deployKey?.generation == 2)
            }
        }
    }

    private static let strangersKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
}

extension WebhookRecord {
    fileprivate func repository(in store: Store) async throws -> RepositoryName {
        try #require(try await store.project(id: projectID)).repository
    }
}
