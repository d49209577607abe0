import Foundation
import Synchronization

/// When each project is looked at next; one that is not known yet is due. In memory only: after a restart all are due,
/// which is right, because nobody looked meanwhile.
final class LookSchedule<Hint: Sendable & Hashable>: Sendable {
    private struct Entry {
        var lookedAt = ContinuousClock.now
        var date = Date()
        /// The look that comes without any hint.
        var next: ContinuousClock.Instant
        var hint: Hint?
    }

    private let entries = Mutex<[Int64: Entry]>([:])

    /// Whether the project's time has come: nobody looked yet, the time of the next look is there, or the hint is another
    /// one than at the last look.
    ///
    /// - Parameters:
    ///   - hint: what is known without a look; `nil` when nothing is.
    ///   - age: without a hint, or with one that `isAlarming`, a look is that old at most.
    ///   - isNews: whether the first hint says more than a look at that time saw.
    func isDue(
        _ project: Int64, hint: Hint?, isAlarming: Bool = false, age: Duration, isNews: (Hint, Date) -> Bool
    ) -> Bool {
        entries.withLock { entries in
            guard let entry = entries[project] else { return true }
            if entry.next <= .now { return true }
            guard let hint else { return entry.lookedAt + age <= .now }
            if entry.hint == nil, !isNews(hint, entry.date) { entries[project]?.hint = hint }
            return entries[project]?.hint != hint || isAlarming && entry.lookedAt + age <= .now
        }
    }

    /// The same without hints.
    func isDue(_ project: Int64) -> Bool { entries.withLock { ($0[project]?.next ?? .now) <= .now } }

    /// A look begins; the next one without a hint is after that time.
    func looking(_ project: Int64, hint: Hint? = nil, nextAfter delay: Duration) {
        entries.withLock { $0[project] = Entry(next: .now + delay, hint: hint) }
    }

    /// Moves the next look.
    func postpone(_ project: Int64, nextAfter delay: Duration) {
        entries.withLock { $0[project]?.next = .now + delay }
    }

    /// The next pass looks, whatever else is known.
    func hurry(_ project: Int64) { entries.withLock { $0[project]?.next = .now } }

    /// Forgets all other projects.
    func keep(_ projects: Set<Int64>) { entries.withLock { $0 = $0.filter { projects.contains($0.key) } } }

    /// The time until the next look without a hint. Looks of about the same time are one pass, since each pass goes
    /// through all projects.
    func wait(within interval: Duration) -> Duration {
        entries.withLock { entries in
            guard let earliest = entries.values.map(\.next).min() else { return interval }
            return max(.milliseconds(50), interval / 20, min(interval, earliest - .now))
        }
    }
}
