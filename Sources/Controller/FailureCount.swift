import Synchronization

/// How often something failed in a row.
final class FailureCount: Sendable {
    private let count = Mutex(0)

    /// One more; answers how many now.
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }

    /// It went well.
    func reset() { count.withLock { $0 = 0 } }
}
