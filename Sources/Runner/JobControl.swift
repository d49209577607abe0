import Synchronization
import ThreadPool

/// Asks a running job to stop. The first reason wins; asking again changes nothing.
public final class JobControl: Sendable {
    private struct State {
        var reason: String?
        var waiting: [Int: @Sendable (String) -> Void] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// A job that nobody has asked to stop.
    public init() {}

    /// The reason that was given, if the job shall stop.
    public var reason: String? { state.withLock { $0.reason } }

    /// Asks the job to stop. The reason is shown in the log and on the page, such as `cancelled by octocat`.
    public func cancel(reason: String) {
        let waiting = state.withLock { state in
            guard state.reason == nil else { return [@Sendable (String) -> Void]() }
            state.reason = reason
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for tell in waiting { tell(reason) }
    }

    /// Calls back when the job shall stop, once: at once if it shall already, and on any thread.
    ///
    /// - Returns: for `forget`.
    func whenStopped(_ tell: @escaping @Sendable (_ reason: String) -> Void) -> Int {
        let (ticket, reason) = state.withLock { state in
            state.next += 1
            if state.reason == nil { state.waiting[state.next] = tell }
            return (state.next, state.reason)
        }
        if let reason { tell(reason) }
        return ticket
    }

    /// What `whenStopped` was given is not called any more, unless that happens at this moment.
    func forget(_ ticket: Int) { state.withLock { _ = $0.waiting.removeValue(forKey: ticket) } }

    /// Does something that is cancelled when the job shall stop, and waits for its end all the same: if it succeeds
    /// nevertheless, the result counts.
    ///
    /// - Throws: `CancellationError` when the job shall stop already.
    func stopping<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        if reason != nil { throw CancellationError() }
        let task = Task(executorPreference: ThreadPool.shared) { try await work() }
        let ticket = whenStopped { _ in task.cancel() }
        defer { forget(ticket) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// The result of something that is not waited for any longer when the job shall stop, but cancelled; `nil` then.
    ///
    /// - Throws: what it throws, and `CancellationError` when the waiting task was cancelled first.
    public func unlessStopped<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        let (results, feed) = AsyncStream.makeStream(of: Swift.Result<Result, any Error>?.self)
        let task = Task(executorPreference: ThreadPool.shared) {
            do { feed.yield(.success(try await work())) } catch { feed.yield(.failure(error)) }
        }
        let ticket = whenStopped { _ in feed.yield(nil) }
        defer {
            forget(ticket)
            task.cancel()
        }
        for await result in results { return try result?.get() }
        throw CancellationError()
    }

    /// Waits until the job shall stop and gives the reason.
    ///
    /// - Throws: `CancellationError` when the waiting task was cancelled first.
    public func wait() async throws(CancellationError) -> String {
        let ticket = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answered = state.withLock { state in
                    if state.reason != nil || Task.isCancelled { return true }
                    state.waiting[ticket] = { _ in continuation.resume() }
                    return false
                }
                if answered { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?("")
        }
        guard let reason else { throw CancellationError() }
        return reason
    }
}
