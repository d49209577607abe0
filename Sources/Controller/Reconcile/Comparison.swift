import Model
import Reconciler

/// Compares what is declared for a project with what GitHub has, however that is known: it was just looked at, or is
/// remembered. Pure.
struct Comparison: Sendable {
    var externalURL: String
    /// What GitHub was or will be given as a hook's secret, as a hash; `nil` when the secret key is not at hand.
    var fingerprint: (@Sendable (RepositoryName, HookID) -> String)?

    /// What is declared for GitHub.
    ///
    /// - Parameter isActive: whether the project is declared; of one that is not, only what we made is left to remove.
    func desired(_ project: Project, isActive: Bool, _ memory: ProjectMemory) -> DesiredRepository {
        let title = DesiredDeployKey.title(externalURL: externalURL)
        guard isActive else {
            return DesiredRepository(
                repository: project.repository,
                deployKey: DesiredDeployKey(mode: .never, title: title, held: memory.deployKey))
        }
        // Hooks are mostly added at the end, which then changes no webhook that is there.
        let listener = project.hooks.first?.id
        return DesiredRepository(
            repository: project.repository,
            webhooks: project.hooks.map { hook in
                DesiredWebhook(
                    hook: hook.id,
                    url: WebhookAddress.url(externalURL: externalURL, repository: project.repository, hook: hook.id),
                    events: hook.triggers.webhookEvents + (hook.id == listener ? AccessEvent.ofRepositories : []),
                    secretFingerprint: fingerprint?(project.repository, hook.id) ?? "unknown")
            }, owner: project.owner, permissions: project.permissions,
            deployKey: DesiredDeployKey(mode: project.deployKey, title: title, held: memory.deployKey))
    }

    /// The plan, and the operations of it that nobody asked for.
    ///
    /// - Parameters:
    ///   - desired: of `desired(_:isActive:_:)`.
    ///   - repositoryID: GitHub's number of what was observed; `nil` when it is the one that is remembered.
    func compare(
        _ desired: DesiredRepository, _ observed: ObservedRepository, isActive: Bool, _ memory: ProjectMemory,
        repositoryID: Int64? = nil
    ) -> (desired: DesiredRepository, observed: ObservedRepository, plan: Plan, drift: [Reconciler.Operation]) {
        var (desired, observed) = (desired, observed)
        if memory.webhooks == nil, let ours = observed.deployKeys.first(where: { $0.title == desired.deployKey.title })
        {
            desired.deployKey.held = DeployKeyIdentity(publicKey: ours.key, fingerprint: "")
        }
        if !isActive {
            // Its name may belong to another project by now, whose webhooks look like ours too.
            observed.webhooks.removeAll { memory.webhooks?[$0.id] == nil }
        }
        let plan = Planner.plan(desired, observed, externalURL: externalURL)
        // One that was deleted and made again was never as declared: nothing in it is drift.
        let isTheSame = repositoryID == nil || repositoryID == memory.githubID
        let drift = (isTheSame ? memory.baseline : nil).map {
            Planner.drift(in: plan, since: $0, observed, externalURL: externalURL)
        }
        return (desired, observed, plan, drift ?? [])
    }
}
