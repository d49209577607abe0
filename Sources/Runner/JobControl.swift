import Synchronization

/// Asks a running job to stop. The first reason wins; asking again changes nothing.
public final class JobControl: Sendable {
    private struct State {
        var reason: String?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
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
            guard state.reason == nil else { return [CheckedContinuation<Void, Never>]() }
            state.reason = reason
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
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
                    state.waiting[ticket] = continuation
                    return false
                }
                if answered { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
        }
        guard let reason else { throw CancellationError() }
        return reason
    }
}
