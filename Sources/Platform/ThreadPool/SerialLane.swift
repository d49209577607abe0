import Synchronization

/// Runs an actor's work on the pool's threads, one thing after the other: there it may block.
///
/// A thread does one job of it and then asks for its turn again, so that lanes with much to do do not keep all threads.
public final class SerialLane: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
    }

    let pool: ThreadPool
    private let state = Mutex(State())

    /// A lane on the process's pool.
    public convenience init() { self.init(on: .shared) }

    init(on pool: ThreadPool) { self.pool = pool }

    /// Runs the job when those before it are done.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFree = state.withLock { state in
            state.jobs.append(job)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isFree { pool.perform { [self] in runNext() } }
    }

    private func runNext() {
        let job = state.withLock { $0.jobs.removeFirst() }
        job.runSynchronously(on: asUnownedSerialExecutor())
        let hasMore = state.withLock { state in
            state.isRunning = !state.jobs.isEmpty
            return state.isRunning
        }
        if hasMore { pool.perform { [self] in runNext() } }
    }
}
