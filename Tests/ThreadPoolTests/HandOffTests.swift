import Dispatch
import Synchronization
import Testing

@testable import ThreadPool

@Suite("What a thread that blocks leaves to the others")
struct HandOffTests {
    /// Returns when two are there at the same time; they need a thread each.
    private final class Pair: Sendable {
        private let count = Mutex(0)
        private let door = DispatchSemaphore(value: 0)

        /// - Returns: false when the other one did not come in a long time.
        func join() -> Bool {
            let isComplete = count.withLock { count in
                count += 1
                return count == 2
            }
            if isComplete { for _ in 0..<2 { door.signal() } }
            return door.wait(timeout: .now() + 20) == .success
        }
    }

    /// Blocks on purpose without telling the pool, as a long calculation would.
    @Test("as many threads as may run take it over")
    func all() async {
        let pool = ThreadPool(width: 2)
        await withTaskExecutorPreference(pool) {
            let pair = Pair()
            let end = DispatchSemaphore(value: 0)
            let met = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        let isMet = pair.join()
                        end.signal()
                        return isMet
                    }
                }
                _ = await pool.run {
                    for _ in 0..<2 { _ = end.wait(timeout: .now() + 60) }
                }
                return await group.reduce(true) { $0 && $1 }
            }
            #expect(met)
        }
    }
}
