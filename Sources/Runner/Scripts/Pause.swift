import Synchronization

/// A sleep of one task which others may end early. An end that comes before the sleep counts for it.
final class Pause: Sendable {
    private struct State {
        var sleeping: Task<Void, Never>?
        var isEnded = false
    }

    private let state = Mutex(State())

    /// Sleeps, at most so long; shorter when its task is cancelled.
    ///
    /// - Returns: whether it was ended early.
    func sleep(_ duration: Duration) async -> Bool {
        let sleeping = Task { _ = try? await Task.sleep(for: duration) }
        state.withLock { state in
            if state.isEnded { sleeping.cancel() } else { state.sleeping = sleeping }
        }
        await withTaskCancellationHandler {
            await sleeping.value
        } onCancel: {
            sleeping.cancel()
        }
        return state.withLock { state in
            defer { state = State() }
            return state.isEnded
        }
    }

    /// Ends the sleep.
    func end() {
        state.withLock { state in
            state.isEnded = true
            state.sleeping?.cancel()
        }
    }
}
