import GitHub
import Model
import Reconciler
import Store

/// Decides in one pass over a project that became authoritative whether those who are not declared lose their access
/// now. A commit is held for that when it was known who they are; here it is known in any case.
struct RemovalGate {
    /// Why they keep it; `nil` when they lose it, or there is nothing to decide.
    let refusal: String?
    /// Whether the next pass has to decide again.
    let isOpen: Bool
    private let permissions: Permissions
    private var decided: Baseline?

    /// - Parameter old: what GitHub agreed with at the last pass.
    /// - Throws: `StoreError`.
    init(_ survey: Survey, _ project: ProjectRecord, _ store: Store, _ old: Baseline?) async throws {
        permissions = survey.desired.permissions
        guard project.isActive, permissions.authoritative, old?.isAuthoritative != true else {
            (refusal, isOpen) = (nil, false)
            return
        }
        let loss = AccessLoss(survey.plan, permissions, survey.observed)
        guard !loss.names.isEmpty else {
            // With a problem nothing is planned, so nobody can say who would lose access.
            (refusal, isOpen) = (nil, !survey.plan.problems.isEmpty)
            return
        }
        let settings = try await store.serverSettings() ?? ServerSettings()
        refusal = Removals(loss, of: project.repository).refusal(
            fraction: settings.pruneMaxFraction, agreed: settings.agreedRemovals?[project.repository.key] ?? [])
        isOpen = refusal != nil
        guard !isOpen else { return }
        var next = old ?? Baseline(desired: survey.desired, parts: [], isPrivate: survey.facts.isPrivate)
        next.desired.permissions = permissions
        next.parts.remove(.permissions)
        next.holdsRemovals = nil
        decided = next
    }

    /// Whether an operation is not done now.
    func holds(_ operation: Reconciler.Operation) -> Bool { refusal != nil && operation.loser(permissions) != nil }

    /// What is to be remembered before the first one loses access, once.
    mutating func decision(before operation: Reconciler.Operation, _ inherited: [String: String]) -> Baseline? {
        guard operation.loser(permissions) != nil, var next = decided else { return nil }
        decided = nil
        next.inherited = inherited
        return next
    }
}
