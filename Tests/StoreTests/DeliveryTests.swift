import Foundation
import Model
import Synchronization
import Testing

@testable import Store

@Suite("Deliveries")
struct DeliveryTests {
    @Test("of 2,000 requests at once each is stored once, in few transactions")
    func concurrentStores() async throws {
        try await Fixture.with { fixture in
            let inbox = fixture.store.inbox
            let results = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<2_000 {
                    // Two hooks of one event have the same GUID; every request comes twice.
                    let delivery = try Fixture.delivery(
                        "guid-\(index % 500)", repository: index % 4 < 2 ? "a" : "A",
                        hook: index / 500 % 2 == 0 ? "one" : "two", payload: Array("{\"n\":\(index)}".utf8))
                    group.addTask { try await inbox.store(delivery) }
                }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(results.count { $0 } == 1_000)
            let pending = try await fixture.store.pendingDeliveries(limit: 5_000)
            #expect(pending.count == 1_000)
            #expect(Set(pending.map { "\($0.delivery.hook) \($0.delivery.guid)" }).count == 1_000)
            #expect(pending.allSatisfy { $0.payload.starts(with: Array("{\"n\":".utf8)) })
            #expect(pending.map(\.delivery.id) == pending.map(\.delivery.id).sorted())
            #expect(inbox.transactions < 1_000, "group commit")
        }
    }

    @Test("what cannot be stored says so, and the queue is bounded")
    func limits() async throws {
        try await Fixture.with { fixture in
            let inbox = fixture.store.inbox
            for guid in ["", String(repeating: "g", count: 201), "a\0b"] {
                await #expect(throws: StoreError.self) { _ = try await inbox.store(Fixture.delivery(guid)) }
            }
            #expect(try await fixture.store.pendingDeliveries(limit: 9).isEmpty)

            for limits in [
                DeliveryInbox.Limits(waiting: 3, batch: 2),
                DeliveryInbox.Limits(waitingBytes: 3_000, batchBytes: 1_500),
            ] {
                let small = DeliveryInbox(
                    database: fixture.store.database, changes: fixture.store.changes, limits: limits
                ) { Date() }
                try await crowd(small, name: "\(limits.waiting)")
            }
        }
    }

    /// Sends 200 requests of 1,000 bytes at once: some are stored, the others are told that the inbox is busy.
    private func crowd(_ inbox: DeliveryInbox, name: String) async throws {
        let payload = [UInt8](repeating: 0x20, count: 1_000)
        let outcomes = try await withThrowingTaskGroup(of: StoreError?.self) { group in
            for index in 0..<200 {
                let delivery = try Fixture.delivery("\(name) \(index)", payload: payload)
                group.addTask {
                    do throws(StoreError) {
                        _ = try await inbox.store(delivery)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return try await group.reduce(into: [StoreError?]()) { $0.append($1) }
        }
        #expect(outcomes.contains(nil))
        #expect(outcomes.contains(.busy))
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy })
    }

    @Test("whoever would wait for a flood of requests to end does so, and not for ever")
    func calm() async throws {
        try await Fixture.with { fixture in
            let inbox = fixture.store.inbox
            await inbox.calm(within: .seconds(600))
            let isOver = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for stream in 0..<20 {
                    group.addTask {
                        for number in 0... {
                            if isOver.isSet { break }
                            _ = try await inbox.store(Fixture.delivery("\(stream)-\(number)"))
                        }
                    }
                }
                await inbox.calm(within: .milliseconds(300))
                isOver.set()
                try await group.waitForAll()
            }
            await inbox.calm(within: .seconds(600))
        }
    }

    @Test("closing stores what waits")
    func close() async throws {
        try await Fixture.withFolder { folder in
            let store = try await Store.open(dataDirectory: folder)
            let inbox = store.inbox
            let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    let delivery = try Fixture.delivery("g\(index)")
                    group.addTask { (try? await inbox.store(delivery)) ?? false }
                }
                await store.close()
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            let again = try await Store.open(dataDirectory: folder)
            #expect(try await again.pendingDeliveries(limit: 100).count == stored)
            await again.close()
        }
    }

    @Test("two deliveries of one event make one build with both jobs, and finishing again changes nothing")
    func oneBuild() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"], hooks: ["one", "two"])[0]
            for hook in ["one", "two"] { _ = try await store.inbox.store(Fixture.delivery("g", hook: hook)) }
            _ = try await store.inbox.store(Fixture.delivery("h"))
            let pending = try await store.pendingDeliveries(limit: 10)
            #expect(pending.count == 3)
            var builds: [BuildRecord?] = []
            for item in pending.prefix(2) {
                let hook = item.delivery.hook.description
                builds.append(
                    try await store.finishDelivery(
                        item.delivery.id, decision: "runs \(hook)",
                        build: Fixture.newBuild(project, hooks: [hook])))
            }
            #expect(builds[0]?.id == builds[1]?.id)
            let build = try #require(builds[0] ?? nil)
            #expect(build.number == 1)
            #expect(try await store.jobs(build.id).map(\.hook.description) == ["one", "two"])
            try await store.finishDelivery(
                pending[2].delivery.id, decision: "no such thing", failed: true, action: "opened",
                ref: .branch("x"))

            let again = try await store.finishDelivery(
                pending[0].delivery.id, decision: "another", build: Fixture.newBuild(project, commit: "bbbb"))
            #expect(again?.id == build.id)
            #expect(try await store.builds(project.id, limit: 10).count == 1)
            #expect(try await store.pendingDeliveries(limit: 10).isEmpty)

            let page = try await store.deliveries(limit: 2)
            #expect(page.map(\.guid) == ["h", "g"])
            #expect(page.map(\.state) == [.failed, .done])
            #expect(page.map(\.buildNumber) == [nil, 1])
            #expect(page.map(\.ref) == [.branch("x"), .branch("main")])
            #expect(page[0].action == "opened")
            let known = try await store.knownDeliveries(
                project.repository, #require(HookID("tests")), guids: ["g", "h", "lost"])
            #expect(known == ["h"])
            let rest = try await store.deliveries(project.repository, before: page[1].id, limit: 2)
            #expect(rest.map(\.decision) == ["runs one"])
            await #expect(throws: StoreError.notFound("delivery 99")) {
                try await store.finishDelivery(99, decision: "x")
            }
        }
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
