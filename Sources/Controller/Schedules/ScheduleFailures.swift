import Synchronization

/// The projects whose head could not be fetched, and when each is tried again. Kept in memory only.
final class ScheduleFailures: Sendable {
    private let entries = Mutex<[Int64: (count: Int, next: ContinuousClock.Instant)]>([:])

    /// Whether the project's next try has not come.
    func waits(_ project: Int64) -> Bool { entries.withLock { ($0[project]?.next ?? .now) > .now } }

    /// Counts one; answers how long to wait.
    func failed(_ project: Int64) -> Duration {
        entries.withLock { entries in
            let count = (entries[project]?.count ?? 0) + 1
            let delay = Backoff().delay(after: count)
            entries[project] = (count, .now + delay)
            return delay
        }
    }

    /// It went well.
    func succeeded(_ project: Int64) { entries.withLock { $0[project] = nil } }

    /// Forgets all other projects.
    func keep(_ projects: Set<Int64>) {
        entries.withLock { entries in entries = entries.filter { projects.contains($0.key) } }
    }

    /// The time until the next try.
    func nextTry() -> Duration? { entries.withLock { $0.values.map(\.next).min().map { $0 - .now } } }
}
