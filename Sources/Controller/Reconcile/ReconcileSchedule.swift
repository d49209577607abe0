import Model
import Store
import Synchronization

/// When each project is looked at next. Kept in memory only: after a restart every project is looked at, which is right.
///
/// There are two kinds of looks. One because something is to be done (new, changed, wished for, failed before) cannot
/// wait for the other, which goes through all projects and takes as long as GitHub's limits make it.
final class ReconcileSchedule: Sendable {
    private struct Entry {
        var lookedAt = ContinuousClock.now
        /// After a failure: when it is tried again.
        var next = ContinuousClock.now
        var failures = 0
        /// The configuration that the entry is about: a changed one is due at once, whatever failed before.
        var configCommit: String
        var isActive: Bool
    }

    private struct State {
        var entries: [Int64: Entry] = [:]
        /// Somebody wishes to see these now.
        var hurried: Set<Int64> = []
        /// Looked at now.
        var busy: Set<Int64> = []
        /// Whether one that is due was busy.
        var isHeldUp = false
    }

    private let state = Mutex(State())

    /// Claims the projects that cannot wait for the next full pass. What changed and what somebody wishes for comes
    /// first, then what is new, what failed last.
    ///
    /// - Parameters:
    ///   - others: not looked at again now.
    ///   - limit: how many at most.
    /// - Returns: those that are declared, or, once there are none of them, those that are not any more: a repository that
    ///   was renamed may be declared under its new name by now, which takes over the webhooks, and what the old name
    ///   leaves behind is removed only then.
    func due(_ projects: [ProjectMark], except others: Set<Int64> = [], limit: Int = .max) -> [ProjectMark] {
        state.withLock { state in
            let known = Set(projects.map(\.id))
            state.entries = state.entries.filter { known.contains($0.key) }
            state.hurried.formIntersection(known)
            state.isHeldUp = false
            var ranked: [(rank: Int, project: ProjectMark)] = []
            for project in projects where !others.contains(project.id) {
                guard let rank = Self.rank(project, state) else { continue }
                if state.busy.contains(project.id) { state.isHeldUp = true } else { ranked.append((rank, project)) }
            }
            let active = ranked.filter { $0.project.isActive }
            if active.isEmpty, state.isHeldUp { return [] }
            let next = (active.isEmpty ? ranked : active).enumerated()
                .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
                .prefix(limit).map(\.element.project)
            state.busy.formUnion(next.map(\.id))
            state.hurried.subtract(next.map(\.id))
            return next
        }
    }

    /// Lower is sooner; `nil` for what can wait for the next full pass.
    private static func rank(_ project: ProjectMark, _ state: State) -> Int? {
        if state.hurried.contains(project.id) { return 0 }
        guard let entry = state.entries[project.id] else { return project.isReady && project.isActive ? nil : 1 }
        if entry.configCommit != project.configCommit || entry.isActive != project.isActive { return 0 }
        return entry.failures > 0 && entry.next <= .now ? 1 + entry.failures : nil
    }

    /// Those that a full pass looks at, declared ones first: not what was looked at lately, nor what waits for its
    /// back-off.
    func all(_ projects: [ProjectMark], notSince age: Duration) -> [ProjectMark] {
        state.withLock { state in
            let wanted = projects.filter { project in
                guard let entry = state.entries[project.id] else { return true }
                return entry.failures == 0 && entry.lookedAt + age <= .now
            }
            return wanted.filter(\.isActive) + wanted.filter { !$0.isActive }
        }
    }

    /// Answers whether nobody else looks at the project now; the claim ends with `succeeded`, `failed` or `release`.
    func claim(_ project: ProjectMark) -> Bool { state.withLock { $0.busy.insert(project.id).inserted } }

    /// Nothing came of the look.
    func release(_ project: ProjectMark) { state.withLock { _ = $0.busy.remove(project.id) } }

    /// Somebody wishes to see these now.
    func hurry(_ projects: [Int64]) {
        guard !projects.isEmpty else { return }
        state.withLock { $0.hurried.formUnion(projects) }
    }

    /// It went well: next look in the next full pass.
    func succeeded(_ project: ProjectMark) {
        state.withLock { state in
            state.busy.remove(project.id)
            state.entries[project.id] = Entry(configCommit: project.configCommit, isActive: project.isActive)
        }
    }

    /// It failed: next look after GitHub's wait, or after the back-off. What waits for a person is looked at again in
    /// the usual interval, because that person may act on GitHub, where we hear nothing of it.
    ///
    /// - Returns: how often it failed in a row, and the time until the next look.
    @discardableResult
    func failed(
        _ project: ProjectMark, retryAfter: Duration? = nil, isStalled: Bool = false, interval: Duration
    ) -> (failures: Int, delay: Duration) {
        state.withLock { state in
            let failures = (state.entries[project.id]?.failures ?? 0) + 1
            let delay = retryAfter ?? max(Backoff().delay(after: failures), isStalled ? interval : .zero)
            state.busy.remove(project.id)
            state.entries[project.id] = Entry(
                next: .now + delay, failures: failures, configCommit: project.configCommit,
                isActive: project.isActive)
            return (failures, delay)
        }
    }

    /// The time until the next project that failed is due.
    func next(within interval: Duration) -> Duration {
        state.withLock { state in
            // Nobody says when a busy one is free.
            if state.isHeldUp { return .milliseconds(100) }
            let times = state.entries.values.filter { $0.failures > 0 }.map(\.next)
            guard let earliest = times.min() else { return interval }
            return max(.milliseconds(100), min(interval, earliest - .now))
        }
    }
}
