import Foundation
import Synchronization
import Testing

@testable import GitHub

@Suite("Requests are kept below GitHub's limits") struct PacingTests {
    /// A gate whose clock jumps to the end of every wait.
    private static func gate(_ change: (inout GitHubPacing) -> Void = { _ in }) -> (RequestGate, RecordingClock) {
        let clock = RecordingClock()
        var options = GitHubOptions()
        options.clock = clock
        options.now = { Fixture.now }
        change(&options.pacing)
        return (RequestGate(options, identity: "test"), clock)
    }

    private static func seconds(_ clock: RecordingClock) -> Double { clock.now.offset / .seconds(1) }

    @Test("what was written before a restart counts for the rest of its hour")
    func restart() async throws {
        let clock = RecordingClock()
        var options = GitHubOptions()
        options.clock = clock
        options.now = { Fixture.now }
        let ledger = Book(
            earlier: (0..<440).map { Fixture.now.addingTimeInterval(-1800 - Double($0)) }
                + [Fixture.now.addingTimeInterval(-4000)])
        options.ledger = ledger
        let gate = RequestGate(options, identity: "test")
        for _ in 0..<10 {
            let pass = try await gate.pass(.init(priority: .change, isWrite: true))
            await gate.remember(pass)
            gate.end(pass)
        }
        #expect(ledger.noted == 10)
        // 450 of an hour's 500 are for changes, and those before the start go out of the hour one by one.
        let refused = await #expect(throws: GitHubError.self) {
            _ = try await gate.pass(.init(priority: .change, isWrite: true))
        }
        guard case .paced(let until) = refused?.kind else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(until > Fixture.now.addingTimeInterval(1300) && until < Fixture.now.addingTimeInterval(1400))
        // Reads are not counted, and a status still has room.
        gate.end(try await gate.pass(.init(priority: .audit, isWrite: false)))
        gate.end(try await gate.pass(.init(priority: .status, isWrite: true)))
        #expect(gate.quota("test").writesInHour == 451)
    }

    private final class Book: GitHubLedger {
        private let earlier: [Date]
        private let count = Mutex(0)
        var noted: Int { count.withLock { $0 } }

        init(earlier: [Date]) { self.earlier = earlier }

        func writes(by identity: String) -> [Date] { identity == "test" ? earlier : [] }

        func noteWrite(by identity: String, at date: Date) async { count.withLock { $0 += 1 } }
    }

    @Test(
        "the first synchronisation of 1,000 projects with 3 hooks each stays below every limit; no status waits for it")
    func firstSync() async throws {
        let (gate, clock) = Self.gate {
            $0.patienceOfReads = .seconds(86_400)
            $0.patienceOfWrites = .seconds(86_400)
        }
        let times = Noted()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for project in 0..<1000 {
                if project >= 4 { try await group.next() }
                group.addTask {
                    for isWrite in [false, false, false, true, true, true] {
                        let pass = try await gate.pass(.init(priority: .change, isWrite: isWrite))
                        let time = Self.seconds(clock)
                        times.note(isWrite ? "writes" : "reads", time)
                        gate.end(pass)
                    }
                    guard project % 50 == 0 else { return }
                    let before = Self.seconds(clock)
                    let pass = try await gate.pass(.init(priority: .status, isWrite: true))
                    let after = Self.seconds(clock)
                    times.note("statuses", after - before)
                    times.note("writes", after)
                    gate.end(pass)
                }
            }
            try await group.waitForAll()
        }
        let (writes, reads, statuses) = (times["writes"], times["reads"], times["statuses"])
        #expect(writes.count == 3020)
        #expect(Self.most(writes, within: 60) <= 80)
        #expect(Self.most(writes, within: 3600) <= 500)
        let points = writes.flatMap { [$0, $0, $0, $0, $0] } + reads
        #expect(Self.most(points, within: 60) <= 900)
        // Others may have moved the clock on meanwhile; a wait for the hour would be far longer.
        #expect(statuses.count == 20)
        #expect(statuses.allSatisfy { $0 < 120 }, "\(statuses)")
        // Not slower than the limits ask for either: 450 an hour.
        #expect(Self.seconds(clock) < 7 * 3600)
    }

    @Test("who would wait for long is refused, each with a time of its own")
    func refusals() async throws {
        let (gate, clock) = Self.gate { $0.patienceOfWrites = .seconds(5) }
        let write = RequestGate.Demand(priority: .change, isWrite: true)
        for _ in 0..<72 { gate.end(try await gate.pass(write)) }
        var times: [Date] = []
        for _ in 0..<500 {
            let error = await failure { () throws(GitHubError) in try await gate.pass(write) }
            guard case .paced(let until) = error?.kind else { throw try #require(error) }
            #expect(error?.wasNeverSent == true)
            times.append(until)
        }
        #expect(clock.pauses.isEmpty)
        #expect(times == times.sorted())
        let seconds = times.map { $0.timeIntervalSince(Fixture.now) }
        #expect(Self.most(seconds, within: 50) <= 72)
        #expect((seconds.last ?? 0) > 3600, "the hour has room for 450")
        // A commit status goes at once all the same.
        gate.end(try await gate.pass(.init(priority: .status, isWrite: true)))
    }

    @Test("the urgent go first, and a cancelled one holds up nobody", .timeLimit(.minutes(5)))
    func order() async throws {
        let (gate, _) = Self.gate {
            $0.concurrentRequests = 1
            $0.patienceOfReads = .seconds(86_400)
        }
        let first = try await gate.pass(.init(priority: .audit, isWrite: false))
        let order = Noted()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (count, priority) in [GitHubPriority.audit, .change, .status].enumerated() {
                group.addTask {
                    let pass = try await gate.pass(.init(priority: priority, isWrite: false))
                    order.note("priorities", Double(priority.rawValue))
                    gate.end(pass)
                }
                while gate.quota("").waiting <= count { await Task.yield() }
            }
            let lost = Task {
                await failure { () throws(GitHubError) in
                    try await gate.pass(.init(priority: .status, isWrite: false))
                }
            }
            while gate.quota("").waiting < 4 { await Task.yield() }
            lost.cancel()
            #expect(await lost.value?.kind == .cancelled)
            gate.end(first)
            try await group.waitForAll()
        }
        #expect(order["priorities"] == [0, 1, 2])
        #expect(gate.quota("").requests == 4)
    }

    @Test("a limit that GitHub speaks of ends the wait of all", .timeLimit(.minutes(5)))
    func closing() async throws {
        let (gate, _) = Self.gate { $0.concurrentRequests = 1 }
        let first = try await gate.pass(.init(priority: .change, isWrite: false))
        let waiting = Task {
            await failure { () throws(GitHubError) in
                try await gate.pass(.init(priority: .status, isWrite: true))
            }
        }
        while gate.quota("").waiting < 1 { await Task.yield() }
        _ = gate.note(GitHubError(kind: .rateLimited(until: Fixture.now.addingTimeInterval(9)), message: "enough"))
        #expect(await waiting.value?.kind == .rateLimited(until: Fixture.now.addingTimeInterval(9)))
        gate.end(first)
        #expect(gate.quota("").closedUntil == Fixture.now.addingTimeInterval(9))
    }

    /// The largest number of times that lie within a span of that many seconds.
    private static func most(_ times: [Double], within span: Double) -> Int {
        let sorted = times.sorted()
        var first = 0
        var most = 0
        for (position, time) in sorted.enumerated() {
            while time - sorted[first] >= span { first += 1 }
            most = max(most, position - first + 1)
        }
        return most
    }
}

/// Numbers from several tasks.
private final class Noted: Sendable {
    private let numbers = Mutex<[String: [Double]]>([:])

    subscript(name: String) -> [Double] { numbers.withLock { $0[name] ?? [] } }

    func note(_ name: String, _ number: Double) { numbers.withLock { $0[name, default: []].append(number) } }
}
