import Foundation
import Model
import Testing

@testable import Store

@Suite("What is remembered for comparing with GitHub")
struct ReconciliationTests {
    private let events = DriftDifference(object: "webhook tests", field: "events", old: "push", new: "")
    private let alice = DriftDifference(object: "collaborator alice", field: "permission", old: "push", new: "admin")

    @Test("a difference is found once, healed once, and may come back; another value is another difference")
    func drift() async throws {
        try await Fixture.with { fixture in
            let (store, id) = (fixture.store, try await fixture.declare(["a"])[0].id)
            #expect(try await store.setDrift(id, [events, alice, events]) == [events, alice])
            #expect(try await store.setDrift(id, [alice, events]).isEmpty)
            #expect(try await store.openDrift().map(\.difference) == [events, alice])
            #expect(try await store.setDrift(id, [alice]).isEmpty)
            #expect(try await store.openDrift().map(\.difference) == [alice])
            var lowered = alice
            lowered.new = "pull"
            #expect(try await store.setDrift(id, [lowered, events]) == [lowered, events])
            let all = try await store.drift(id)
            #expect(all.map(\.difference) == [events, lowered, alice, events])
            #expect(all.map { $0.healedAt == nil } == [true, true, false, false])
            #expect(try await store.setDrift(id, []).isEmpty)
            #expect(try await store.openDrift().isEmpty)
        }
    }

    @Test("of healed differences the newest are kept, open ones all")
    func bounded() async throws {
        try await Fixture.with { fixture in
            let (store, id) = (fixture.store, try await fixture.declare(["a"])[0].id)
            for number in 0..<210 {
                var difference = alice
                difference.new = "\(number)"
                try await store.setDrift(id, [events, difference])
            }
            let all = try await store.drift(id, limit: 1000)
            #expect(all.count == 201, "200 newest and the oldest, which is open")
            #expect(all.last?.difference == events)
        }
    }

    @Test("a project has one key; it goes with the project only when GitHub's copy is gone")
    func deployKeys() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let id = try await fixture.declare(["a", "b"], commit: "c1")[0].id
            let key = DeployKeyRecord(
                projectID: id, publicKey: "ssh-ed25519 A", fingerprint: "SHA256:A", sealed: [0, 255, 7],
                createdAt: Date(timeIntervalSince1970: 5))
            try await store.saveDeployKey(key)
            try await store.setDeployKeyNumber(id, key.publicKey, githubID: 7_000_000_000)
            var stored = key
            stored.githubID = 7_000_000_000
            #expect(try await store.reconcileRecord(id)?.deployKey == stored)
            try await store.saveDeployKey(key)
            #expect(try await store.reconcileRecord(id)?.deployKey == key)

            #expect(try await store.projectsToCleanUp().isEmpty)
            try await fixture.declare(["b"], commit: "c2")
            #expect(try await store.projectsToCleanUp().map(\.id) == [id])
            try await store.removeDeployKey(id, key.publicKey)
            #expect(try await store.projectsToCleanUp().isEmpty)
        }
    }

    @Test("what is remembered is read in pieces, too")
    func pieces() async throws {
        try await Fixture.with { fixture in
            let ids = try await fixture.declare(["a", "b", "c"]).map(\.id)
            try await fixture.declare(["a", "c"], commit: "c2")
            let store = fixture.store
            #expect(try await store.reconcileRecords().map(\.project.id) == ids)
            #expect(try await store.reconcileRecords(after: 0, limit: 2).map(\.project.id) == Array(ids.prefix(2)))
            #expect(try await store.reconcileRecords(after: ids[1], limit: 2).map(\.project.id) == [ids[2]])
            #expect(try await store.reconcileRecords(after: ids[2], limit: 2).isEmpty)
        }
    }

    @Test("what is remembered can be read beside the process that has the store open, and after it ended")
    func peek() async throws {
        try await Fixture.withFolder { folder in
            #expect(try await Store.peek(dataDirectory: folder) == nil)
            let store = try await Store.open(dataDirectory: folder)
            let fixture = Fixture(folder: folder, store: store)
            let id = try await fixture.declare(["a"])[0].id
            try await store.saveBaseline(id, #"{"x":1}"#, sshURL: "git@github.com:o/a.git")
            let first = try #require(try await Store.peek(dataDirectory: folder))
            #expect(first.map(\.project.id) == [id])
            #expect(first.first?.baseline == #"{"x":1}"#)
            #expect(first.first?.sshURL == "git@github.com:o/a.git")
            try await store.saveBaseline(id, nil, sshURL: nil)
            await store.close()
            let second = try #require(try await Store.peek(dataDirectory: folder))
            #expect(second.first?.project.id == id)
            #expect(second.first?.baseline == nil)
        }
    }
}
