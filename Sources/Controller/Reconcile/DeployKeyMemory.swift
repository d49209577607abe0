import Model
import Reconciler
import Store

/// What a project's stored deploy keys are for, in the words of the planner.
struct DeployKeyMemory: Sendable {
    /// The key that is wanted on GitHub.
    var held: DeployKeyIdentity?
    /// Its generation; that of the next one to be made when there is none.
    var generation = 1
    /// The one that git uses until the wanted one was tried.
    var kept: DeployKeyIdentity?
    /// Those that GitHub has to forget.
    var former: [DeployKeyIdentity] = []

    /// Nothing is known.
    init() {}

    /// - Parameter access: whether a key can be opened.
    init(_ record: ReconcileRecord, access: (DeployKeyRecord) -> DeployKeyVault.Access) {
        let next = record.deployKeys.first { $0.role == .next && access($0) == .own }
        let current = record.deployKeys.first { $0.role == .current && access($0) != .none }
        let wanted = next ?? current
        held = wanted?.identity
        kept = next == nil ? nil : current?.identity
        former = record.deployKeys.map(\.identity).filter { $0 != held && $0 != kept }
        generation = wanted?.generation ?? Self.fresh(record)
    }

    /// The generation of a key that is made now: later than all that there were.
    static func fresh(_ record: ReconcileRecord) -> Int {
        max((record.deployKeys.map(\.generation).max() ?? 0) + 1, record.generations.deployKey)
    }

    /// The declaration with these keys.
    func desired(_ mode: Project.DeployKeyMode, externalURL: String) -> DesiredDeployKey {
        DesiredDeployKey(
            mode: mode, title: DesiredDeployKey.title(externalURL: externalURL, generation: generation), held: held,
            kept: kept, former: former)
    }
}
