import Synchronization

/// The attempts that began in this process, and the containers that they made, each with a volume of its name. What such
/// an attempt has on the engine is known without asking.
final class AttemptsHere: Sendable {
    private struct Made {
        var names: Set<String> = []
        /// Those whose container may be there or not: the engine was asked for it and did not answer.
        var uncertain: Set<String> = []
    }

    private let state = Mutex<[JobAttempt: Made]>([:])

    /// An attempt begins, of which no process can have left anything.
    func begin(_ attempt: JobAttempt) { state.withLock { $0[attempt] = Made() } }

    /// The engine is being asked for a container.
    func willMake(_ name: String, for attempt: JobAttempt) {
        state.withLock { _ = $0[attempt]?.uncertain.insert(name) }
    }

    /// The engine made it.
    func made(_ name: String, for attempt: JobAttempt) {
        state.withLock { state in
            state[attempt]?.uncertain.remove(name)
            state[attempt]?.names.insert(name)
        }
    }

    /// Whether an attempt began in this process.
    func contains(_ attempt: JobAttempt) -> Bool { state.withLock { $0[attempt] != nil } }

    /// The names of all that an attempt made; `nil` when the engine has to be asked what that is.
    func names(of attempt: JobAttempt) -> [String]? {
        state.withLock { state in
            guard let made = state[attempt], made.uncertain.isEmpty else { return nil }
            return made.names.sorted()
        }
    }

    /// Nothing of the attempt is left.
    func end(_ attempt: JobAttempt) { state.withLock { $0[attempt] = nil } }

    /// Forgets all others.
    func keep(_ attempts: Set<JobAttempt>) {
        state.withLock { $0 = $0.filter { attempts.contains($0.key) } }
    }
}
