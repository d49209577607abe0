import Foundation
import Store
import Synchronization

/// What GitHub tells by the way when a project is compared with it: whether somebody pushed, and whether a delivery failed.
/// So `MissedEvents` need not ask for every project again and again.
///
/// In memory only: after a restart `MissedEvents` looks at everything anyway.
final class GitHubHints: Sendable {
    /// What was told of one project.
    struct Hint: Sendable, Hashable {
        /// When somebody pushed last, in whole seconds.
        var pushedAt: Date?
        /// The webhooks whose latest delivery failed.
        var failing: Set<Int64> = []
    }

    private struct Entry {
        var hint: Hint
        var notedAt: ContinuousClock.Instant
    }

    private let entries = Mutex<[Int64: Entry]>([:])
    private let changes: ChangeSignal

    /// - Parameter changes: is told when there is something new.
    init(_ changes: ChangeSignal) { self.changes = changes }

    /// GitHub was asked just now.
    func note(_ project: Int64, _ hint: Hint) {
        let isNew = entries.withLock { entries in
            defer { entries[project] = Entry(hint: hint, notedAt: .now) }
            return entries[project]?.hint != hint
        }
        if isNew { changes.notify([.hints]) }
    }

    /// What was told within that time; `nil` when nothing was.
    func hint(_ project: Int64, within age: Duration) -> Hint? {
        entries.withLock { entries in
            guard let entry = entries[project], entry.notedAt + age > .now else { return nil }
            return entry.hint
        }
    }

    /// Forgets all other projects.
    func keep(_ projects: Set<Int64>) { entries.withLock { $0 = $0.filter { projects.contains($0.key) } } }
}
