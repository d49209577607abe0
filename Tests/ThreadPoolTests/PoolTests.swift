import Dispatch
import Foundation
import Synchronization
import Testing

@testable import ThreadPool

@Suite("Threads that run tasks and may block")
struct PoolTests {
    /// Blocks until so many have come.
    final class Meeting: Sendable {
        private let wanted: Int
        private let count = Mutex(0)
        private let door = DispatchSemaphore(value: 0)

        init(_ wanted: Int) { self.wanted = wanted }

        /// - Returns: false when the others did not come in a long time.
        func join() -> Bool {
            let isComplete = count.withLock { count in
                count += 1
                return count == wanted
            }
            if isComplete { for _ in 0..<wanted { door.signal() } }
            return door.wait(timeout: .now() + 60) == .success
        }
    }

    final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }

    @Test("what blocks stays on the thread of its task")
    func staying() async {
        let pool = ThreadPool(width: 2)
        await withTaskExecutorPreference(pool) {
            let (before, during) = (thread(), await pool.run { thread() })
            #expect(before == during)
            #expect(pool.isCurrent)
        }
        #expect(!pool.isCurrent)
    }

    @Test("a task that runs elsewhere gets its result")
    func elsewhere() async {
        let pool = ThreadPool(width: 2)
        let (other, isThere) = await pool.run { (thread(), pool.isCurrent) }
        #expect(other != thread())
        #expect(isThere)
    }

    @Test("errors keep their type")
    func errors() async {
        struct Broken: Error, Equatable {}
        let pool = ThreadPool(width: 2)
        let work: @Sendable () throws(Broken) -> Int = { () throws(Broken) in throw Broken() }
        await #expect(throws: Broken()) { try await pool.run(work) }
        await withTaskExecutorPreference(pool) {
            _ = await #expect(throws: Broken()) { try await pool.run(work) }
        }
    }

    /// More block than may run at once: none of them would come to its end if they counted.
    @Test("threads that block do not count")
    func blocking() async {
        let pool = ThreadPool(width: 2)
        let meeting = Meeting(16)
        let all = await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 { group.addTask { await pool.run { meeting.join() } } }
                return await group.reduce(true) { $0 && $1 }
            }
        }
        #expect(all)
    }

    /// What a task has led to does not wait for the end of what it does then.
    @Test("what a task has led to does not wait until it has blocked")
    func followUps() async {
        let pool = ThreadPool(width: 2)
        await withTaskExecutorPreference(pool) {
            let meeting = Meeting(3)
            async let one = pool.isCurrent && meeting.join()
            async let other = pool.isCurrent && meeting.join()
            #expect(await pool.run { meeting.join() })
            _ = await (one, other)
        }
    }

    @Test("what blocking work leads to is done meanwhile")
    func within() async {
        let pool = ThreadPool(width: 2)
        let done = DispatchSemaphore(value: 0)
        await withTaskExecutorPreference(pool) {
            let isDone = await pool.run {
                pool.perform { done.signal() }
                return done.wait(timeout: .now() + 60) == .success
            }
            #expect(isDone)
        }
    }

    @Test("nothing is lost or done twice")
    func each() async {
        let pool = ThreadPool(width: 3, most: 8)
        let begun = Counter()
        let sum = await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: Int.self) { group in
                for n in 0..<2000 {
                    group.addTask {
                        begun.add()
                        await Task.yield()
                        let value = await pool.run { n }
                        await Task.yield()
                        return value
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(begun.value == 2000)
        #expect(sum == 1999 * 1000)
    }

    /// Callers from outside, while the pool falls asleep again and again.
    @Test("who comes from outside is heard while the threads fall asleep")
    func outside() async {
        let pool = ThreadPool(width: 1)
        for n in 0..<2000 { #expect(await pool.run { n } == n) }
    }

    @Test("the queue keeps its order")
    func order() {
        let seen = Mutex<[Int]>([])
        var queue = WorkQueue()
        var next = 0
        func add() {
            let n = next
            queue.append(.closure { seen.withLock { $0.append(n) } })
            next += 1
        }
        for _ in 0..<3000 { add() }
        for _ in 0..<2000 {
            if case .closure(let work)? = queue.popFirst() { work() }
        }
        for _ in 0..<10 { add() }
        #expect(queue.count == 1010)
        while case .closure(let work)? = queue.popFirst() { work() }
        #expect(seen.withLock { $0 } == Array(0..<3010))
        #expect(queue.isEmpty)
    }

    private func thread() -> UInt { UInt(bitPattern: ObjectIdentifier(Thread.current).hashValue) }
}

extension ThreadPool {
    /// Whether the caller runs on one of these threads.
    var isCurrent: Bool { Worker.current?.pool === self }
}
