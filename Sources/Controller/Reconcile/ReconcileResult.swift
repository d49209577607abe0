import Reconciler
import Store

/// What became of one project in one pass.
struct ReconcileResult: Sendable {
    /// What was done.
    var operations: [Reconciler.Operation] = []
    /// Parts that are declared but must not be done.
    var problems: [PlanProblem] = []
    /// Differences that nobody asked for, which are only reported.
    var reportedDrift: [Reconciler.Operation] = []
    /// What GitHub refused.
    var refusals = Refusals()
    /// Why those who are not declared keep their access although the project became authoritative.
    var heldRemovals: String?
    /// Whether git reads with another deploy key now, and the former one is left to be deleted.
    var hasNewDeployKey = false
    /// The repository's name on GitHub when it is not the declared one.
    var newName: String?

    /// What the project's page says.
    var condition: ProjectCondition {
        let reasons = problems.map(\.description) + (heldRemovals.map { [$0] } ?? []) + refusals.reasons
        if !reasons.isEmpty {
            let isStalled = !problems.isEmpty || heldRemovals != nil || refusals.isStalled
            return ProjectCondition(
                status: isStalled ? .stalled : .reconciling, reason: reasons.joined(separator: " "))
        }
        var notes: [String] = []
        if let newName {
            notes.append("It is called \(newName) on GitHub now; write that name in the admin repository.")
        }
        if !reportedDrift.isEmpty {
            let count = reportedDrift.count
            notes.append("\(count) difference\(count == 1 ? "" : "s") that nobody asked for: drift is only reported.")
        }
        return ProjectCondition(status: .ready, reason: notes.isEmpty ? nil : notes.joined(separator: " "))
    }
}
