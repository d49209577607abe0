import Foundation
import Synchronization

/// Every request with one token passes here before it is sent.
///
/// It keeps the requests below the limits that GitHub documents, the urgent ones first, and all of them back once GitHub
/// said that it wants none until some time: those who go on asking are shut out for longer.
final class RequestGate: Sendable {
    /// A request that was let through; it must be given back when the answer is there.
    struct Pass: Sendable { fileprivate var demand: GateLimits.Demand }

    typealias Demand = GateLimits.Demand

    struct Waiter {
        var id: Int
        var demand: Demand
        var deadline: Duration
        var continuation: CheckedContinuation<Result<Void, GitHubError>, Never>
    }

    private typealias Outcome = (waiter: Waiter, result: Result<Void, GitHubError>)

    struct State {
        var limits: GateLimits
        var waiters: [Waiter] = []
        /// When writes that were refused may come back. Each got a time of its own, so that they do not all come at once.
        var promises: [Duration] = []
        var closed: (until: Date, error: GitHubError)?
        /// How often in a row GitHub asked for fewer requests without saying for how long.
        var complaints = 0
        var quota: (limit: Int, remaining: Int, resetsAt: Date)?
        var counts = (ids: 0, requests: 0, unchanged: 0)
        /// The earliest time at which the waiters are looked at.
        var alarm: Duration?
    }

    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>
    private let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>
    private let identity: String
    private let ledger: (any GitHubLedger)?

    /// - Parameter identity: whom GitHub counts the requests for.
    init(_ options: GitHubOptions, identity: String) {
        now = options.now
        clock = options.clock
        elapsed = Self.stopwatch(options.clock)
        self.identity = identity
        ledger = options.ledger
        var limits = GateLimits(options.pacing)
        if let earlier = options.ledger?.writes(by: identity), !earlier.isEmpty {
            let now = options.now()
            limits.recall(ages: earlier.map { .seconds(now.timeIntervalSince($0)) }, elapsed())
        }
        state = Mutex(State(limits: limits))
    }

    /// Remembers a write that was let through, before it is sent: what is sent and not remembered would be one too many
    /// after a crash.
    func remember(_ pass: Pass) async {
        guard pass.demand.isWrite, let ledger else { return }
        await ledger.noteWrite(by: identity, at: now())
    }

    /// Waits for the request's turn.
    ///
    /// - Parameter isConditional: a read that most likely costs no quota.
    /// - Throws: what closed the gate, with what remains of the wait; `paced` when the turn is too far away.
    func pass(_ demand: Demand, isConditional: Bool = false) async throws(GitHubError) -> Pass {
        let id = state.withLock { state in
            state.counts.ids += 1
            return state.counts.ids
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Result<Void, GitHubError>? in
                    // Whoever cancels before this looks finds no waiter, and is seen here.
                    if Task.isCancelled { return .failure(Self.cancelled) }
                    if let error = refusal(demand, isConditional, state) { return .failure(error) }
                    return enter(demand, id, continuation, &state)
                }
                if let answer { continuation.resume(returning: answer) } else { work() }
            }
        } onCancel: {
            cancel(id)
        }
        try result.get()
        return Pass(demand: demand)
    }

    /// Gives the pass back: the answer, or none, is there.
    func end(_ pass: Pass) {
        state.withLock { $0.limits.end(pass.demand, elapsed()) }
        work()
    }

    /// What an answer's headers say about the quota.
    func note(limit: Int, remaining: Int, resetsAt: Date, isUnchanged: Bool) {
        state.withLock { state in
            if isUnchanged { state.counts.unchanged += 1 }
            // Answers come in any order; within the same hour the lower number is the later one.
            if let known = state.quota, abs(known.resetsAt.timeIntervalSince(resetsAt)) < 5,
                known.remaining < remaining,
                known.limit == limit
            {
                return
            }
            state.quota = (limit, remaining, resetsAt)
        }
    }

    /// Closes the gate when GitHub's answer asks for it; for all, those who wait included.
    ///
    /// - Returns: the error with the time that it is closed for.
    func note(_ error: GitHubError) -> GitHubError {
        var error = error
        let (shutOut, given) = state.withLock { state -> ([Waiter], GitHubError) in
            let until: Date
            switch error.kind {
            case .rateLimited(let date): until = date
            case .secondaryLimit(let wait):
                // GitHub asks for at least a minute, and more each time.
                if state.closed.map({ $0.until <= now() }) ?? true { state.complaints += 1 }
                let wait =
                    error.isWaitGiven ? wait : min(.seconds(3600), wait * (1 << min(6, max(0, state.complaints - 1))))
                error.kind = .secondaryLimit(retryAfter: wait)
                until = now().addingTimeInterval(wait / .seconds(1))
            default: return ([], error)
            }
            if state.closed.map({ $0.until < until }) ?? true { state.closed = (until, error) }
            defer { state.waiters = [] }
            return (state.waiters, error)
        }
        for waiter in shutOut {
            var error = given
            error.wasNeverSent = true
            waiter.continuation.resume(returning: .failure(error))
        }
        return given
    }

    /// An answer that asks for no pause.
    func noteCalm() { state.withLock { $0.complaints = 0 } }

    /// An answer that says that nothing changed, and nothing about the quota.
    func noteUnchanged() { state.withLock { $0.counts.unchanged += 1 } }

    /// What there is to say about it.
    func quota(_ identity: String) -> GitHubQuota {
        let now = now()
        return state.withLock { state in
            let quota = state.quota.flatMap { $0.resetsAt > now ? $0 : nil }
            return GitHubQuota(
                identity: identity, limit: state.quota?.limit,
                remaining: quota?.remaining ?? state.quota?.limit, resetsAt: quota?.resetsAt,
                closedUntil: state.closed.flatMap { $0.until > now ? $0.until : nil }, waiting: state.waiters.count,
                writesInHour: state.limits.writesInHour(elapsed()), requests: state.counts.requests,
                unchanged: state.counts.unchanged)
        }
    }
}

extension RequestGate {
    private static var cancelled: GitHubError {
        GitHubError(kind: .cancelled, message: "cancelled", wasNeverSent: true)
    }

    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }

    /// Why no request, or none of this priority, may be sent now.
    private func refusal(_ demand: Demand, _ isConditional: Bool, _ state: State) -> GitHubError? {
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
    private func enter(
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

    private func cancel(_ id: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        guard let waiter else { return }
        waiter.continuation.resume(returning: .failure(Self.cancelled))
        work()
    }

    /// Lets those through whose turn it is, and sets an alarm for the others.
    private func work() {
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
