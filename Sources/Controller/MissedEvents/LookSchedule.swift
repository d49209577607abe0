import Synchronization

/// When each project is looked at next; one that is not known yet is due. In memory only: after a restart all are due,
/// which is right, because nobody looked meanwhile.
final class LookSchedule: Sendable {
    private let next = Mutex<[Int64: ContinuousClock.Instant]>([:])

    /// Whether the project's time has come.
    func isDue(_ project: Int64) -> Bool { next.withLock { ($0[project] ?? .now) <= .now } }

    /// The next look is after that time.
    func looked(_ project: Int64, nextAfter delay: Duration) { next.withLock { $0[project] = .now + delay } }

    /// Forgets all other projects.
    func keep(_ projects: Set<Int64>) { next.withLock { $0 = $0.filter { projects.contains($0.key) } } }

    /// The time until the next look.
    func wait(within interval: Duration) -> Duration {
        next.withLock { next in
            guard let earliest = next.values.min() else { return interval }
            return max(.milliseconds(50), min(interval, earliest - .now))
        }
    }
}
