import Foundation
import Synchronization

/// Whose turn it is: who is let through, who is refused and who waits.
extension RequestGate {
    static var cancelled: GitHubError {
        GitHubError(kind: .cancelled, message: "cancelled", wasNeverSent: true)
    }

    /// Why no request, or none of this priority, may be sent now.
    func refusal(_ demand: Demand, _ isConditional: Bool, _ state: State) -> GitHubError? {
        let now = now()
        if let entry = state.closed, entry.until > now {
            var error = entry.error
            error.wasNeverSent = true
            if case .secondaryLimit = error.kind {
                error.kind = .secondaryLimit(retryAfter: .seconds(entry.until.timeIntervalSince(now)))
            }
            return error
        }
        // The end of the hour's quota is kept for what is urgent.
        guard let quota = state.quota, quota.resetsAt > now, !isConditional,
            quota.remaining < quota.limit * (100 - demand.priority.percent) / 200
        else { return nil }
        return GitHubError(
            kind: .paced(until: quota.resetsAt),
            message:
                "\(quota.remaining) of \(quota.limit) requests an hour are left, which are kept for commit statuses",
            wasNeverSent: true)
    }

    /// Lets the request through, refuses it, or lets it wait (`nil`).
    func enter(
        _ demand: Demand, _ id: Int, _ continuation: CheckedContinuation<Result<Void, GitHubError>, Never>,
        _ state: inout State
    ) -> Result<Void, GitHubError>? {
        let elapsed = elapsed()
        let ahead = state.waiters.map(\.demand).filter { $0.priority <= demand.priority }
        let time = state.limits.time(demand, ahead: ahead, elapsed)
        if time <= elapsed, !ahead.contains(where: { $0.isWrite == demand.isWrite }) {
            begin(demand, &state)
            return .success(())
        }
        let patience = state.limits.patience(demand)
        if time - elapsed > patience { return .failure(refuse(demand, &state)) }
        state.waiters.append(
            Waiter(id: id, demand: demand, deadline: elapsed + patience, continuation: continuation))
        return nil
    }

    private func begin(_ demand: Demand, _ state: inout State) {
        state.limits.begin(demand)
        state.counts.requests += 1
    }

    /// The turn is too far away. The caller gets a time at which it is its own, as far as can be told.
    private func refuse(_ demand: Demand, _ state: inout State) -> GitHubError {
        let elapsed = elapsed()
        state.promises.removeAll { $0 <= elapsed }
        let earlier = [Demand](
            repeating: Demand(priority: demand.priority, isWrite: true),
            count: demand.isWrite ? state.promises.count : 0)
        let ahead = state.waiters.map(\.demand).filter { $0.priority <= demand.priority } + earlier
        let time = max(state.limits.time(demand, ahead: ahead, elapsed), elapsed + .seconds(1))
        if demand.isWrite { state.promises.append(time) }
        return GitHubError(
            kind: .paced(until: now().addingTimeInterval((time - elapsed) / .seconds(1))),
            message: "requests are kept below GitHub's limits for one token", wasNeverSent: true)
    }

    func cancel(_ id: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        guard let waiter else { return }
        waiter.continuation.resume(returning: .failure(Self.cancelled))
        work()
    }

    /// Lets those through whose turn it is, and sets an alarm for the others.
    func work() {
        let (results, pause) = state.withLock { state -> ([Outcome], Duration?) in
            let elapsed = elapsed()
            let results = grant(&state, elapsed)
            return (results, alarm(&state, elapsed))
        }
        for (waiter, result) in results { waiter.continuation.resume(returning: result) }
        guard let pause else { return }
        // Not part of a waiter's own task, because the waiter may be gone before; it ends within the patience.
        Task {
            try? await clock.sleep(for: pause)
            state.withLock { $0.alarm = nil }
            work()
        }
    }

    private func grant(_ state: inout State, _ elapsed: Duration) -> [Outcome] {
        var results: [Outcome] = []
        var left: [Waiter] = []
        // The first that has to wait holds up those behind it of its own kind: nobody overtakes.
        var held: Set<Demand> = []
        for waiter in state.waiters.sorted(by: Self.goesBefore) {
            if !held.contains(waiter.demand), state.limits.time(waiter.demand, ahead: [], elapsed) <= elapsed {
                begin(waiter.demand, &state)
                results.append((waiter, .success(())))
            } else if waiter.deadline <= elapsed {
                state.waiters = left
                results.append((waiter, .failure(refuse(waiter.demand, &state))))
            } else {
                held.insert(waiter.demand)
                left.append(waiter)
            }
        }
        state.waiters = left
        return results
    }

    private static func goesBefore(_ left: Waiter, _ right: Waiter) -> Bool {
        let (first, second) = (left.demand.priority, right.demand.priority)
        return first == second ? left.id < right.id : first < second
    }

    /// The time until the waiters are to be looked at, if no alarm is set for then or earlier.
    private func alarm(_ state: inout State, _ elapsed: Duration) -> Duration? {
        let times = Set(state.waiters.map(\.demand)).map { state.limits.time($0, ahead: [], elapsed) }
        guard let next = (times + state.waiters.map(\.deadline)).min() else { return nil }
        let alarm = max(next, elapsed + .milliseconds(10))
        if let set = state.alarm, set <= alarm, set > elapsed { return nil }
        state.alarm = alarm
        return alarm - elapsed
    }
}
