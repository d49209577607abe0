import GitHub
import Model
import Reconciler

/// What GitHub refused in one pass over a project, and what is not done therefore.
///
/// The webhooks and the deploy key stop at their first failure. Everybody's access is a matter of its own: what GitHub
/// refuses for good about one person or team, such as a misspelt name, holds up nobody else.
struct Refusals: Sendable {
    /// Reasons that a condition gives; of the others it tells the number.
    private static let mostReasons = 5

    private var failures: [Failure] = []
    private var stopped: Set<Reconciler.Operation.Part> = []
    /// People and teams.
    private var subjects: Set<String> = []

    private struct Failure: Sendable {
        var part: Reconciler.Operation.Part
        var takes = false
        var problem: ReconcileProblem
    }

    /// The parts that are not as declared.
    var parts: Set<Reconciler.Operation.Part> { Set(failures.map(\.part)) }

    /// Whether somebody has to do something about one of them.
    var isStalled: Bool { failures.contains(where: \.problem.isStalled) }

    /// A sentence for each: first the rights that are not taken away, then by parts; the rest is counted.
    var reasons: [String] {
        let sorted = failures.filter(\.takes) + failures.filter { !$0.takes }.sorted { $0.part < $1.part }
        let reasons = sorted.map(\.problem.reason)
        let more = reasons.count - Self.mostReasons
        return reasons.prefix(Self.mostReasons) + (more > 0 ? ["\(more) more could not be done."] : [])
    }

    /// Whether an operation must not be tried, because of what was refused before.
    ///
    /// - Parameter observed: what GitHub has by now: without a refused admin it may be that nobody would be left.
    mutating func hold(
        _ operation: Reconciler.Operation, _ desired: DesiredRepository, _ observed: ObservedRepository
    ) -> Bool {
        if stopped.contains(operation.part) { return true }
        guard case .permission(let permission) = operation, !subjects.isEmpty else { return false }
        if subjects.contains(permission.subject) { return true }
        guard let problem = Planner.obstacle(to: permission, desired, observed) else { return false }
        note(operation, ReconcileProblem(reason: Self.sentence(operation, "\(problem)"), isStalled: true))
        return true
    }

    /// An operation that failed.
    ///
    /// - Parameter error: one that is about one thing only.
    mutating func note(_ operation: Reconciler.Operation, _ error: GitHubError, _ repository: RepositoryName) {
        var problem = ReconcileProblem(error, repository: repository)
        if case .permission = operation, error.isRefusal {
            problem.reason = Self.sentence(operation, problem.reason)
        } else {
            stopped.insert(operation.part)
        }
        note(operation, problem)
    }

    /// A part that failed besides its operations.
    mutating func note(_ part: Reconciler.Operation.Part, _ problem: ReconcileProblem) {
        stopped.insert(part)
        failures.append(Failure(part: part, problem: problem))
    }

    private mutating func note(_ operation: Reconciler.Operation, _ problem: ReconcileProblem) {
        var failure = Failure(part: operation.part, problem: problem)
        if case .permission(let permission) = operation {
            subjects.insert(permission.subject)
            failure.takes = permission.takes
        }
        failures.append(failure)
    }

    /// GitHub's own words often name nobody.
    private static func sentence(_ operation: Reconciler.Operation, _ reason: String) -> String {
        let change = operation.change
        let verb = change.action == .delete ? "removing " : ""
        return "\(verb)\(change.kind) \(change.name): \(reason)" + (reason.hasSuffix(".") ? "" : ".")
    }
}

extension Reconciler.Operation.Part {
    fileprivate static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension GitHubError {
    /// Whether GitHub refuses this one request for good, whatever it says to others.
    fileprivate var isRefusal: Bool {
        if case .validation = kind { return true }
        return false
    }
}
