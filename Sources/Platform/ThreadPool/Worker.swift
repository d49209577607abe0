import CLinux
import Dispatch
import Glibc
import Synchronization

/// One thread of a pool, with what its own work has led to last.
final class Worker: Sendable {
    private struct State {
        var kept: ThreadPool.Work?
        var taken = 0
        var isBlocking = false
    }

    /// How long a thread that is not needed waits before it ends.
    private static let patience = DispatchTimeInterval.seconds(10)

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { worker in
            guard let worker else { return }
            Unmanaged<Worker>.fromOpaque(worker).release()
        }
        return key
    }()

    let pool: ThreadPool
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    init(_ pool: ThreadPool) { self.pool = pool }

    /// The worker whose thread this is.
    static var current: Worker? {
        pthread_getspecific(key).map { Unmanaged<Worker>.fromOpaque($0).takeUnretainedValue() }
    }

    /// From here on this thread is the worker's.
    ///
    /// - Parameter name: for `top -H`; Foundation's names are not seen there.
    func makeCurrent(name: String) {
        pthread_setspecific(Self.key, Unmanaged.passRetained(self).toOpaque())
        clinux_name_thread(name)
    }

    /// Keeps one thing to be done next: a task that wakes another and then waits needs no other thread, and no more than
    /// that is held up when it calculates.
    ///
    /// - Returns: false when somebody else should take it: there is one already, or this thread blocks.
    func keep(_ work: ThreadPool.Work) -> Bool {
        state.withLock { state in
            guard !state.isBlocking, state.kept == nil else { return false }
            state.kept = work
            return true
        }
    }

    /// What it kept, unless it is the others' turn.
    func next(turn: Int) -> ThreadPool.Work? {
        state.withLock { state in
            guard state.taken < turn, let work = state.kept.take() else {
                state.taken = 0
                return nil
            }
            state.taken += 1
            return work
        }
    }

    /// What it kept, for somebody else.
    func giveUp() -> ThreadPool.Work? { state.withLock { $0.kept.take() } }

    /// - Returns: false when it is blocking already.
    func beginBlocking() -> Bool {
        state.withLock { state in
            defer { state.isBlocking = true }
            return !state.isBlocking
        }
    }

    func endBlocking() { state.withLock { $0.isBlocking = false } }

    func wake() { news.signal() }

    /// Returns when it is woken, or false when it is not needed any more.
    func sleep(isSpare: Bool) -> Bool {
        if !isSpare {
            news.wait()
            return true
        }
        return news.wait(timeout: .now() + Self.patience) == .success
    }
}
