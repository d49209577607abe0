import Foundation
import Synchronization

/// Threads that run tasks and may also wait for the disk.
///
/// Swift's own pool has a thread for each core, which must never wait, so whatever blocks has to be handed to another
/// thread, and its result back again. For work that takes microseconds, such as a read from a database, these two changes
/// of threads cost more than the work. A task that runs here does it on the spot with `run`: while it blocks its thread does
/// not count, and another one takes over what waits. The same idea as in the schedulers of Go and Tokio (`block_in_place`).
///
/// Tasks come here by `withTaskExecutorPreference`; a task that runs elsewhere may use `run` as well.
public final class ThreadPool: TaskExecutor {
    enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct State {
        var queue = WorkQueue()
        /// The one that fell asleep last is woken first, so that the others can end.
        var idle: [Worker] = []
        /// Threads that run something, without those that block.
        var running = 0
        var threads = 0
    }

    /// The pool of the process.
    public static let shared = ThreadPool(width: max(2, ProcessInfo.processInfo.activeProcessorCount))

    /// A worker looks for the others' work after so much of its own.
    static let turn = 32

    private let width: Int
    private let most: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - width: threads that run at once, without those that block.
    ///   - most: threads altogether.
    init(width: Int, most: Int = 256) {
        self.width = width
        self.most = max(most, width)
    }

    /// Runs a task's next step, on any of the threads.
    public func enqueue(_ job: consuming ExecutorJob) { submit(.job(UnownedJob(job))) }

    /// Does something that may block, on this thread if it is one of the pool's, else on one of them.
    ///
    /// Not for what waits for other tasks: only for the disk, or a lock that is held for a moment.
    public func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if let worker = Worker.current, worker.pool === self { return try blocking(worker, work) }
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            perform { continuation.resume(returning: Result(catching: work)) }
        }
        return try result.get()
    }

    /// Does something that may block soon, and does not wait for it.
    public func perform(_ work: @escaping @Sendable () -> Void) {
        submit(
            .closure { [self] in
                guard let worker = Worker.current else { return work() }
                blocking(worker, work)
            })
    }

    private func blocking<Value, Failure: Error>(
        _ worker: Worker, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard worker.beginBlocking() else { return try work() }
        let kept = worker.giveUp()
        wake { state in
            state.running -= 1
            if let kept { state.queue.append(kept) }
        }
        defer {
            state.withLock { $0.running += 1 }
            worker.endBlocking()
        }
        return try work()
    }

    private func submit(_ work: Work) {
        if let worker = Worker.current, worker.pool === self, worker.keep(work) { return }
        wake { $0.queue.append(work) }
    }

    /// Changes the state, and wakes or makes a thread if something waits that nobody would come to.
    private func wake(_ change: (inout State) -> Void) {
        let (sleeper, isNew): (Worker?, Bool) = state.withLock { state in
            change(&state)
            guard !state.queue.isEmpty, state.running < width else { return (nil, false) }
            if let worker = state.idle.popLast() {
                state.running += 1
                return (worker, false)
            }
            guard state.threads < most else { return (nil, false) }
            state.running += 1
            state.threads += 1
            return (nil, true)
        }
        sleeper?.wake()
        if isNew { start() }
    }

    private func start() {
        let thread = Thread { [self] in
            let worker = Worker(self)
            worker.makeCurrent(name: "kozmic.pool")
            while let work = next(worker) { perform(work) }
        }
        thread.start()
    }

    private func perform(_ work: Work) {
        switch work {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .closure(let closure): closure()
        }
    }

    /// Waits for something to do.
    ///
    /// - Returns: `nil` when the thread is to end.
    private func next(_ worker: Worker) -> Work? {
        if let own = worker.next(turn: Self.turn) { return own }
        while true {
            let (work, isSpare, isMore): (Work?, Bool, Bool) = state.withLock { state in
                // More than `width` run after one has blocked.
                if state.running <= width, let work = state.queue.popFirst() {
                    return (work, false, !state.queue.isEmpty && state.running < width)
                }
                if state.running > width {
                    // The others may go on with it.
                    if let kept = worker.giveUp() { state.queue.append(kept) }
                } else if let own = worker.next(turn: .max) {
                    return (own, false, false)
                }
                state.running -= 1
                state.idle.append(worker)
                return (nil, state.idle.count > width, false)
            }
            // Many may have come while only one was woken.
            if isMore { wake { _ in } }
            if let work { return work }
            if !worker.sleep(isSpare: isSpare), retire(worker) { return nil }
        }
    }

    /// - Returns: whether the thread may end: nobody has just woken it.
    private func retire(_ worker: Worker) -> Bool {
        let isRetired = state.withLock { state in
            guard let index = state.idle.firstIndex(where: { $0 === worker }) else { return false }
            state.idle.remove(at: index)
            state.threads -= 1
            return true
        }
        if !isRetired { _ = worker.sleep(isSpare: false) }
        return isRetired
    }
}
