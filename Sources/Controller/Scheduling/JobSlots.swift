import Synchronization

/// How many jobs may run at once, and how many do.
final class JobSlots: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    /// - Parameter limit: at least one.
    init(limit: Int) { self.limit = max(1, limit) }

    /// Takes a slot whether there is one or not: for jobs that run already.
    func take() { used.withLock { $0 += 1 } }

    /// Takes a slot if there is one.
    func takeIfFree() -> Bool {
        used.withLock { used in
            guard used < limit else { return false }
            used += 1
            return true
        }
    }

    /// Gives a slot back.
    func release() { used.withLock { $0 -= 1 } }
}
