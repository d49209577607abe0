import Dispatch
import Testing

@testable import ThreadPool

@Suite("Lanes on which actors may block")
struct LaneTests {
    /// Notes in which order its calls ran, and whether two ever did at once.
    actor Notebook {
        private let lane: SerialLane
        nonisolated var unownedExecutor: UnownedSerialExecutor { lane.asUnownedSerialExecutor() }
        private(set) var notes: [Int] = []

        init(_ pool: ThreadPool) { lane = SerialLane(on: pool) }

        func add(_ note: Int) -> Bool {
            notes.append(note)
            return lane.pool.isCurrent
        }

        /// Blocks until somebody signals.
        func wait(_ door: DispatchSemaphore, _ begun: DispatchSemaphore) -> Bool {
            begun.signal()
            return door.wait(timeout: .now() + 60) == .success
        }
    }

    @Test("one call after the other, on the pool's threads")
    func order() async {
        let notebook = Notebook(ThreadPool(width: 4))
        for n in 0..<500 { #expect(await notebook.add(n)) }
        #expect(await notebook.notes == Array(0..<500))
        await withTaskGroup(of: Void.self) { group in
            for n in 0..<500 { group.addTask { _ = await notebook.add(n) } }
        }
        #expect(await notebook.notes.count == 1000)
    }

    @Test("a lane that blocks holds up neither the tasks nor other lanes")
    func blocking() async {
        let pool = ThreadPool(width: 1)
        let (slow, quick) = (Notebook(pool), Notebook(pool))
        let (door, begun) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        await withTaskExecutorPreference(pool) {
            async let waiting = slow.wait(door, begun)
            let hasBegun = await pool.run { begun.wait(timeout: .now() + 60) == .success }
            #expect(hasBegun)
            #expect(await quick.add(1))
            door.signal()
            #expect(await waiting)
        }
    }
}
