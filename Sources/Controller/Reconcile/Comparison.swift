import Model
import Reconciler
import Store

/// Compares what is declared for a project with what GitHub has, however that is known: it was just looked at, or is
/// remembered. Pure.
struct Comparison: Sendable {
    var externalURL: String
    /// What webhook secrets and deploy keys are derived from; `nil` when it is not at hand.
    var secretKey: SecretKey?

    /// What is declared for GitHub.
    ///
    /// - Parameter isActive: whether the project is declared; of one that is not, only what we made is left to remove.
    func desired(_ project: Project, isActive: Bool, _ memory: ProjectMemory) -> DesiredRepository {
        guard isActive else {
            return DesiredRepository(
                repository: project.repository,
                deployKey: memory.deployKeys.desired(.never, externalURL: externalURL))
        }
        let listener = listener(project, memory.baseline)
        return DesiredRepository(
            repository: project.repository,
            webhooks: project.hooks.map { hook in
                let generation = memory.generations.webhook(hook.id)
                return DesiredWebhook(
                    hook: hook.id, url: address(project.repository, hook.id, generation),
                    events: hook.triggers.webhookEvents + (hook.id == listener ? AccessEvent.ofRepositories : []),
                    secretFingerprint: secretKey?.webhookSecretFingerprint(
                        project.repository, hook.id, generation: generation) ?? "unknown")
            }, owner: project.owner, permissions: project.permissions,
            deployKey: memory.deployKeys.desired(project.deployKey, externalURL: externalURL))
    }

    /// The hook whose webhook tells of roles, too: the one that did at the last pass, so that another hook changes no
    /// webhook that is there; else the first.
    private func listener(_ project: Project, _ baseline: Baseline?) -> HookID? {
        let former = baseline?.desired.webhooks.first { !Set($0.events).isDisjoint(with: AccessEvent.ofRepositories) }
        return former.flatMap { project.hook($0.hook)?.id } ?? project.hooks.first?.id
    }

    /// The plan, and the operations of it that nobody asked for.
    ///
    /// - Parameters:
    ///   - desired: of `desired(_:isActive:_:)`.
    ///   - repositoryID: GitHub's number of what was observed; `nil` when it is the one that is remembered.
    func compare(
        _ desired: DesiredRepository, _ observed: ObservedRepository, isActive: Bool, _ memory: ProjectMemory,
        repositoryID: Int64? = nil
    ) -> Compared {
        var compared = Compared(desired: desired, observed: observed)
        if isActive {
            compared.foundKeys = recognize(
                &compared.desired.deployKey, observed, repositoryID: repositoryID ?? memory.githubID)
            if memory.isFresh { recognize(&compared.desired, &compared.observed) }
        } else {
            // Its name may belong to another project by now, whose webhooks look like ours too.
            compared.observed.webhooks.removeAll { memory.webhooks?[$0.id] == nil }
        }
        compared.plan = Planner.plan(compared.desired, compared.observed, externalURL: externalURL)
        // One that was deleted and made again was never as declared: nothing in it is drift.
        let isTheSame = repositoryID == nil || repositoryID == memory.githubID
        if let baseline = memory.baseline, isTheSame {
            compared.drift = Planner.drift(
                in: compared.plan, since: baseline, compared.observed, externalURL: externalURL)
        }
        return compared
    }

    func address(_ repository: RepositoryName, _ hook: HookID, _ generation: Int) -> String {
        WebhookAddress.url(externalURL: externalURL, repository: repository, hook: hook, generation: generation)
    }
}

extension Project {
    /// Whether a difference that nobody asked for is only reported: of its own webhook a hook decides, of all else the
    /// project.
    func reports(_ operation: Reconciler.Operation) -> Bool {
        let own = operation.hook.flatMap { id in hook(id)?.settings }
        return (own ?? settings).drift == .report
    }
}

/// What came of a comparison.
struct Compared: Sendable {
    /// What is declared, with what was recognized on GitHub as ours.
    var desired: DesiredRepository
    /// What the comparison is about.
    var observed: ObservedRepository
    /// What makes them equal.
    var plan: Plan
    /// The operations of the plan that nobody asked for.
    var drift: [Reconciler.Operation] = []
    /// Deploy keys of ours that no record knows, the oldest first.
    var foundKeys: [FoundDeployKey] = []

    init(desired: DesiredRepository, observed: ObservedRepository) {
        self.desired = desired
        self.observed = observed
        plan = Plan(repository: desired.repository, operations: [])
    }
}

/// A deploy key on GitHub that the secret key leads to.
struct FoundDeployKey: Sendable {
    /// Which one.
    var generation: Int
    /// GitHub's number.
    var githubID: Int64
    /// Its public half.
    var identity: DeployKeyIdentity
}
