import GitHub
import Model
import Reconciler
import Synchronization

/// Looks at one project on GitHub and compares it with what is declared; changes nothing.
struct Surveyor: Sendable {
    var client: GitHubClient
    var externalURL: String
    /// What GitHub was or will be given as a hook's secret, as a hash; `nil` when the secret key is not at hand.
    var fingerprint: (@Sendable (RepositoryName, HookID) -> String)?
    private let viewer = ViewerLogin()

    init(
        client: GitHubClient, externalURL: String,
        fingerprint: (@Sendable (RepositoryName, HookID) -> String)?
    ) {
        self.client = client
        self.externalURL = externalURL
        self.fingerprint = fingerprint
    }

    /// - Parameter isActive: whether the project is declared; of one that is not, only what we made is left to remove.
    /// - Throws: `GitHubError`, or `ReconcileProblem` for an archived repository.
    func survey(_ project: Project, isActive: Bool, _ memory: ProjectMemory) async throws -> Survey {
        let facts = try await facts(project.repository, memory.githubID)
        if facts.isArchived {
            throw ReconcileProblem(
                reason: "\(facts.fullName) is archived on GitHub and takes no changes. Unarchive it there, or remove "
                    + "the project from the admin repository.", isStalled: true)
        }
        var desired = desired(project, isActive: isActive, memory)
        var observed = try await RepositoryObserver(client: client).observe(
            facts, desired, known: memory.webhooks, inherited: memory.baseline?.inherited ?? [:]
        ) { () throws(GitHubError) in try await viewer.login(client) }
        if memory.webhooks == nil, let ours = observed.deployKeys.first(where: { $0.title == desired.deployKey.title })
        {
            desired.deployKey.held = DeployKeyIdentity(publicKey: ours.key, fingerprint: "")
        }
        if !isActive {
            // Its name may belong to another project by now, whose webhooks look like ours too.
            observed.webhooks.removeAll { memory.webhooks?[$0.id] == nil }
        }
        // One that was deleted and made again was never as declared: nothing in it is drift.
        let baseline = facts.id == memory.githubID ? memory.baseline : nil
        return survey(facts, desired, observed, baseline)
    }

    private func survey(
        _ facts: GitHubRepository, _ desired: DesiredRepository, _ observed: ObservedRepository, _ baseline: Baseline?
    ) -> Survey {
        let plan = Planner.plan(desired, observed, externalURL: externalURL)
        let drift = baseline.map {
            Planner.drift(in: plan, since: $0, observed, externalURL: externalURL)
        }
        return Survey(facts: facts, desired: desired, observed: observed, plan: plan, drift: drift ?? [])
    }

    /// A repository is followed by its number, whatever it is called now. Only when there is none of that number any
    /// more, the name counts: it was deleted and made again.
    private func facts(_ name: RepositoryName, _ id: Int64?) async throws(GitHubError) -> GitHubRepository {
        if let id {
            do {
                return try await client.repository(id: id)
            } catch {
                guard error.kind == .notFound else { throw error }
            }
        }
        return try await client.repository("\(name)")
    }

    private func desired(_ project: Project, isActive: Bool, _ memory: ProjectMemory) -> DesiredRepository {
        let title = DesiredDeployKey.title(externalURL: externalURL)
        guard isActive else {
            return DesiredRepository(
                repository: project.repository,
                deployKey: DesiredDeployKey(mode: .never, title: title, held: memory.deployKey))
        }
        return DesiredRepository(
            repository: project.repository,
            webhooks: project.hooks.map { hook in
                DesiredWebhook(
                    hook: hook.id,
                    url: WebhookAddress.url(externalURL: externalURL, repository: project.repository, hook: hook.id),
                    events: hook.triggers.webhookEvents,
                    secretFingerprint: fingerprint?(project.repository, hook.id) ?? "unknown")
            }, owner: project.owner, permissions: project.permissions,
            deployKey: DesiredDeployKey(mode: project.deployKey, title: title, held: memory.deployKey))
    }
}

/// What was seen of one project, and what follows from it.
struct Survey: Sendable {
    /// The repository.
    var facts: GitHubRepository
    /// What is declared.
    var desired: DesiredRepository
    /// What GitHub has.
    var observed: ObservedRepository
    /// What makes them equal.
    var plan: Plan
    /// The operations of the plan that nobody asked for.
    var drift: [Reconciler.Operation]
}

/// The login of the token's account, asked for once.
private final class ViewerLogin: Sendable {
    private let known = Mutex<String?>(nil)

    func login(_ client: GitHubClient) async throws(GitHubError) -> String {
        if let login = known.withLock({ $0 }) { return login }
        let login: String
        do {
            login = try await client.user().login
        } catch {
            // The token of an app belongs to no account, so there is none that could shut itself out.
            guard error.kind == .forbidden else { throw error }
            login = ""
        }
        known.withLock { $0 = login }
        return login
    }
}
