import Foundation
import Synchronization

/// Every request with one token passes here before it is sent.
///
/// It keeps the requests below the limits that GitHub documents, the urgent ones first, and all of them back once GitHub
/// said that it wants none until some time: those who go on asking are shut out for longer.
final class RequestGate: Sendable {
    /// A request that was let through; it must be given back when the answer is there.
    struct Pass: Sendable { let demand: GateLimits.Demand }

    typealias Demand = GateLimits.Demand

    struct Waiter {
        var id: Int
        var demand: Demand
        var deadline: Duration
        var continuation: CheckedContinuation<Result<Void, GitHubError>, Never>
    }

    typealias Outcome = (waiter: Waiter, result: Result<Void, GitHubError>)

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

    let now: @Sendable () -> Date
    let clock: any Clock<Duration>
    let elapsed: @Sendable () -> Duration
    let state: Mutex<State>
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

    private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
