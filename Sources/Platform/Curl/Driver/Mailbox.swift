import Synchronization

/// Hands commands to the driving thread and wakes it.
final class Mailbox: Sendable {
    private struct State {
        var commands: [Command] = []
        /// There while it may be given: it is closed after it went from here.
        var signal: WakeSignal?
        var isClosing = false
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// From here on commands are taken.
    func open(_ signal: WakeSignal) {
        state.withLock { $0.signal = signal }
    }

    /// Whether the command will be looked at.
    @discardableResult
    func post(_ command: Command) -> Bool {
        state.withLock { state in
            guard let signal = state.signal, !state.isClosing else { return false }
            // The driver takes all that is there, so only the first one has to wake it.
            if state.commands.isEmpty { signal.give() }
            state.commands.append(command)
            return true
        }
    }

    /// What was posted since the last time, and whether to end.
    func take() -> (commands: [Command], isClosing: Bool) {
        state.withLock { state in
            let commands = state.commands
            state.commands.removeAll()
            return (commands, state.isClosing)
        }
    }

    /// Asks the driver to end.
    func close() {
        state.withLock { state in
            state.isClosing = true
            state.signal?.give()
        }
    }

    /// Returns once the driver has ended.
    func waitUntilEnded() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Nobody gives the signal any more; gives the commands that were never looked at.
    func detach() -> [Command] {
        state.withLock { state in
            state.signal = nil
            defer { state.commands.removeAll() }
            return state.commands
        }
    }

    /// The driver's last word.
    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting.removeAll() }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
