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
        var workers = 0

        mutating func take() -> Work? {
            guard next < waiting.count else {
                waiting.removeAll(keepingCapacity: next < 1024)
                (next, workers) = (0, workers - 1)
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

    private let most: Int
    private let queue = DispatchQueue(label: "kozmic.reads", attributes: .concurrent)
    private let state = Mutex(State())

    /// - Parameter most: reads at once; no more than there are connections.
    init(most: Int) { self.most = most }

    /// Carries it out soon, in the order of calling; does not wait.
    func add(_ work: @escaping @Sendable () -> Void) {
        let needsWorker = state.withLock { state in
            state.waiting.append(work)
            guard state.workers < most else { return false }
            state.workers += 1
            return true
        }
        guard needsWorker else { return }
        queue.async { [self] in
            while let work = state.withLock({ $0.take() }) { work() }
        }
    }
}
