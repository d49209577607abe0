import Reconciler
import Synchronization

/// The differences that are only reported, by project, as the log was told of them: each pass finds them again.
final class ReportedDrift: Sendable {
    private let known = Mutex<[Int64: Set<Reconciler.Operation>]>([:])

    /// Those that the last pass over the project did not find.
    func news(_ projectID: Int64, _ found: [Reconciler.Operation]) -> [Reconciler.Operation] {
        known.withLock { known in
            let former = known[projectID] ?? []
            known[projectID] = found.isEmpty ? nil : Set(found)
            return found.filter { !former.contains($0) }
        }
    }
}
