internal import Dispatch
internal import Synchronization

/// Carries out reads, a few at once, on threads that may wait for the disk.
///
/// GRDB's own asynchronous read changes threads twice before it begins, to wait for a connection and then for its queue;
/// a job costs a dozen reads. Here whoever is done takes the next one that waits, so that a burst of reads wakes few
/// threads.
final class ReadCrew: Sendable {
    private typealias Work = @Sendable () -> Void

    private struct State {
        var waiting: [Work?] = []
        /// Those before it have been taken, and are removed many at once.
        var next = 0
        /// The queues that have nothing to do.
        var free: [Int]

        /// - Parameter worker: the one that is free if there is nothing.
        mutating func take(_ worker: Int) -> Work? {
            guard next < waiting.count else {
                waiting.removeAll(keepingCapacity: next < 1024)
                next = 0
                free.append(worker)
                return nil
            }
            if next == 1024 {
                waiting.removeFirst(next)
                next = 0
            }
            defer { next += 1 }
            return waiting[next].take()
        }
    }

    /// One for each: serial queues have threads of their own, which those of Swift's tasks, as many as there are cores, do
    /// not wait for.
    private let queues: [DispatchQueue]
    private let state: Mutex<State>

    /// - Parameter most: reads at once; no more than there are connections.
    init(most: Int) {
        queues = (0..<most).map { DispatchQueue(label: "kozmic.reads.\($0)") }
        state = Mutex(State(free: Array((0..<most).reversed())))
    }

    /// Carries it out soon, in the order of calling; does not wait.
    func add(_ work: @escaping @Sendable () -> Void) {
        let worker = state.withLock { state in
            state.waiting.append(work)
            return state.free.popLast()
        }
        guard let worker else { return }
        queues[worker].async { [self] in
            while let work = state.withLock({ $0.take(worker) }) { work() }
        }
    }
}
