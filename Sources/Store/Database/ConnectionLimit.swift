internal import Synchronization

/// Lets only so many use the database at once as there are connections. The others wait here, where they hold no thread; first come
/// first served.
final class ConnectionLimit: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Those before it have been let in.
        var first = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

    /// Returns when there is a connection. Each call is followed by `leave`.
    func enter() async {
        let isFree = state.withLock { state in
            defer { state.free = max(0, state.free - 1) }
            return state.free > 0
        }
        if isFree { return }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// Hands the connection to whoever waits.
    func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.first < state.waiting.count else {
                state.waiting.removeAll(keepingCapacity: true)
                state.first = 0
                state.free += 1
                return nil
            }
            defer {
                state.first += 1
                if state.first == 256 {
                    state.waiting.removeFirst(256)
                    state.first = 0
                }
            }
            return state.waiting[state.first]
        }
        next?.resume()
    }
}
