import Model
import Store
import Synchronization

/// When each project is looked at next. Kept in memory only: after a restart every project is due, which is right.
final class ReconcileSchedule: Sendable {
    private struct Entry {
        var next: ContinuousClock.Instant
        var failures = 0
        /// The configuration that the entry is about: a changed one is due at once, whatever failed before.
        var configCommit: String
        var isActive: Bool
    }

    private let entries = Mutex<[Int64: Entry]>([:])

    /// The projects whose time has come or whose configuration changed, in the order given.
    func due(_ projects: [ProjectRecord], interval: Duration) -> [ProjectRecord] {
        entries.withLock { entries in
            let known = Set(projects.map(\.id))
            entries = entries.filter { known.contains($0.key) }
            return projects.filter { project in
                guard let entry = entries[project.id] else {
                    entries[project.id] = Entry(
                        next: .now + interval, configCommit: project.configCommit, isActive: project.isActive)
                    return true
                }
                let changed = entry.configCommit != project.configCommit || entry.isActive != project.isActive
                return changed || entry.next <= .now
            }
        }
    }

    /// Somebody wishes to see these now.
    func hurry(_ projects: [Int64]) {
        guard !projects.isEmpty else { return }
        entries.withLock { entries in for id in projects { entries[id]?.next = .now } }
    }

    /// It went well: next look in the next full pass.
    func succeeded(_ project: ProjectRecord, interval: Duration) {
        entries.withLock {
            $0[project.id] = Entry(
                next: .now + interval, configCommit: project.configCommit, isActive: project.isActive)
        }
    }

    /// It failed: next look after GitHub's wait, or after the back-off. What waits for a person is looked at again in
    /// the usual passes, because that person may act on GitHub, where we hear nothing of it.
    func failed(
        _ project: ProjectRecord, retryAfter: Duration? = nil, isStalled: Bool = false, interval: Duration
    ) {
        entries.withLock { entries in
            let failures = (entries[project.id]?.failures ?? 0) + 1
            let delay = retryAfter ?? max(Backoff().delay(after: failures), isStalled ? interval : .zero)
            entries[project.id] = Entry(
                next: .now + delay, failures: failures, configCommit: project.configCommit,
                isActive: project.isActive)
        }
    }

    /// The time until the next project is due.
    func next(within interval: Duration) -> Duration {
        entries.withLock { entries in
            guard let earliest = entries.values.map(\.next).min() else { return interval }
            return max(.milliseconds(100), min(interval, earliest - .now))
        }
    }
}
