import GitHub
import Model
import Reconciler
import Store

/// Observes one project on GitHub, plans, and applies the plan one operation at a time.
struct ProjectReconciler: Sendable {
    var configuration: ControllerConfiguration
    var store: Store
    var client: GitHubClient

    /// Makes the project's webhooks as they should be. Every applied operation is recorded before the next begins, so
    /// a crash between two of them repeats nothing that matters.
    ///
    /// - Returns: what was done; empty when everything was as declared.
    /// - Throws: `ReconcileProblem`, or the store's errors.
    func reconcile(_ project: ProjectRecord) async throws -> [WebhookOperation] {
        let repository = project.repository
        let secretKey = configuration.secretKey
        do {
            if project.isActive { try await updateFacts(project) }
            let known = try await store.webhooks(project.id)
            let fingerprints = Dictionary(known.map { ($0.githubID, $0.secretFingerprint) }) { first, _ in first }
            let observed = try await WebhookObserver(client: client).observe(repository, known: fingerprints)
            let plan = Planner.plan(
                repository: repository, desired: desired(project), observed: observed,
                externalURL: configuration.externalURL)
            let applier = WebhookApplier(client: client) { hook in secretKey.webhookSecret(repository, hook) }
            for operation in plan.operations {
                let applied = try await applier.apply(operation, repository)
                try await record(applied, of: operation, project)
            }
            try await forgetUnknown(known, observed: observed, plan: plan)
            return plan.operations
        } catch let error as GitHubError {
            throw ReconcileProblem(error, repository: repository, isActive: project.isActive)
        }
    }

    private func updateFacts(_ project: ProjectRecord) async throws {
        let facts = try await client.repository("\(project.repository)")
        let isNew =
            facts.id != project.githubID || facts.isPrivate != project.isPrivate
            || facts.defaultBranch != project.defaultBranch
        guard isNew else { return }
        try await store.setGitHubFacts(
            project.id, githubID: facts.id, isPrivate: facts.isPrivate, defaultBranch: facts.defaultBranch)
    }

    private func desired(_ project: ProjectRecord) -> [DesiredWebhook] {
        guard project.isActive else { return [] }
        return project.config.hooks.map { hook in
            DesiredWebhook(
                hook: hook.id,
                url: WebhookAddress.url(
                    externalURL: configuration.externalURL, repository: project.repository, hook: hook.id),
                events: hook.triggers.webhookEvents,
                secretFingerprint: configuration.secretKey.webhookSecretFingerprint(project.repository, hook.id))
        }
    }

    private func record(_ applied: AppliedWebhook?, of operation: WebhookOperation, _ project: ProjectRecord)
        async throws
    {
        if let applied {
            try await store.saveWebhook(
                WebhookRecord(
                    projectID: project.id, hook: applied.hook, githubID: applied.githubID,
                    secretFingerprint: applied.secretFingerprint,
                    url: WebhookAddress.url(
                        externalURL: configuration.externalURL, repository: project.repository, hook: applied.hook)))
        } else if case .delete(let id, _) = operation {
            try await store.removeWebhook(githubID: id)
        }
    }

    /// Webhooks that somebody deleted on GitHub, and that are not wanted any more, need no record.
    private func forgetUnknown(_ known: [WebhookRecord], observed: [ObservedWebhook], plan: ProjectPlan) async throws {
        let there = Set(observed.map(\.id))
        for record in known where !there.contains(record.githubID) {
            try await store.removeWebhook(githubID: record.githubID)
        }
    }
}
