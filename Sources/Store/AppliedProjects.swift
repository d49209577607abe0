import Model
internal import Synchronization

/// Which projects the database holds as they were applied last, by hash: to compare a thousand with their rows takes
/// longer than everything else that is done for a change of one.
final class AppliedProjects: Sendable {
    private struct State {
        var hashes: [String: Int] = [:]
        var generation = 0
    }

    private let state = Mutex(State())

    /// Names that differ in letter case are equal, and yet written as they are.
    static func hash(_ project: Project) -> Int {
        var hasher = Hasher()
        hasher.combine(project)
        hasher.combine(project.repository.description)
        return hasher.finalize()
    }

    /// For the one who is about to write: what is there. Until `finish`, nothing is known.
    func begin() -> (known: [String: Int], generation: Int) {
        state.withLock { state in
            state.generation += 1
            defer { state.hashes = [:] }
            return (state.hashes, state.generation)
        }
    }

    /// All of these are in the database now, unless somebody else began meanwhile.
    func finish(_ generation: Int, _ hashes: [String: Int]) {
        state.withLock { state in
            if state.generation == generation { state.hashes = hashes }
        }
    }
}
