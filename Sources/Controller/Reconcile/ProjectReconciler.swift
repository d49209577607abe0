import Foundation
import GitHub
import Model
import Reconciler
import Store

/// Observes one project on GitHub, plans, and applies the plan one operation at a time.
struct ProjectReconciler: Sendable {
    private let configuration: ControllerConfiguration
    private let store: Store
    private let client: GitHubClient
    private let surveyor: Surveyor
    private let vault: DeployKeyVault

    init(configuration: ControllerConfiguration, store: Store, client: GitHubClient) {
        let secretKey = configuration.secretKey
        self.configuration = configuration
        self.store = store
        self.client = client
        surveyor = Surveyor(client: client, externalURL: configuration.externalURL) { repository, hook in
            secretKey.webhookSecretFingerprint(repository, hook)
        }
        vault = DeployKeyVault(store: store, secretKey: secretKey)
    }

    /// Makes the project as it should be. Every applied operation is recorded before the next begins, so a crash
    /// between two of them repeats nothing that matters. What fails in one part (webhooks, deploy key, permissions)
    /// does not hold up the others.
    ///
    /// With `drift: report`, differences that nobody asked for are recorded and left as they are.
    ///
    /// - Throws: `ReconcileProblem` when nothing could be done, or the store's errors.
    func reconcile(_ project: ProjectRecord) async throws -> ReconcileResult {
        guard let record = try await store.reconcileRecord(project.id) else { return ReconcileResult() }
        do {
            let memory = ProjectMemory(record, deployKey: vault.identity)
            var surveyor = surveyor
            // A look at what was well the last time can wait for those where something is to be done.
            if project.condition.status == .ready { surveyor.client = client.with(priority: .audit) }
            let survey = try await surveyor.survey(project.config, isActive: project.isActive, memory)
            if project.isActive { try await yieldToNewName(project, survey.facts) }
            if project.isActive { try await updateFacts(project, survey.facts) }
            try await store.setDrift(project.id, survey.drift.flatMap(\.differences))
            return try await apply(survey, project, record, memory.baseline)
        } catch let error as GitHubError {
            throw ReconcileProblem(error, repository: project.repository)
        }
    }

    /// Two projects that make one repository as they declare it would undo each other's work for ever.
    private func yieldToNewName(_ project: ProjectRecord, _ facts: GitHubRepository) async throws {
        guard facts.fullName.lowercased() != project.repository.key, let name = RepositoryName(facts.fullName),
            try await store.project(name)?.isActive == true
        else { return }
        throw ReconcileProblem(
            reason: "It is called \(name) on GitHub now, and declared under that name, too: remove the file of "
                + "\(project.repository) from the admin repository.", isStalled: true)
    }

    private func apply(
        _ survey: Survey, _ project: ProjectRecord, _ record: ReconcileRecord, _ old: Baseline?
    ) async throws -> ReconcileResult {
        let isReported = project.config.settings.drift == .report && project.isActive
        let left = isReported ? survey.drift : []
        var result = ReconcileResult(problems: survey.plan.problems, reportedDrift: left)
        if survey.facts.fullName.lowercased() != project.repository.key { result.newName = survey.facts.fullName }
        var inherited = survey.observed.inherited
        var seen = survey.seen
        var remembered = try await save(seen, project, former: record.observation)
        let applier = applier(project)
        // GitHub follows a renamed repository by its number; writes go to the name that it has now.
        let name = RepositoryName(survey.facts.fullName) ?? project.repository
        for operation in survey.plan.operations where !left.contains(operation) {
            guard result.failures[operation.part] == nil else { continue }
            do {
                let applied = try await applier.apply(operation, name)
                try await remember(applied, of: operation, project)
                seen = seen.after(operation, applied)
                remembered = try await save(seen, project, former: remembered)
                if case .inherited(let key, let level) = applied { inherited[key] = level }
                result.operations.append(operation)
            } catch let error as GitHubError {
                guard error.isAboutOneThing else { throw error }
                result.failures[operation.part] = ReconcileProblem(error, repository: project.repository)
            }
        }
        try await forgetGone(record, survey, project)
        if !project.isActive { try await store.saveObservation(project.id, nil) }
        let baseline = try await conclude(&result, survey, project, inherited)
        if baseline != old || record.sshURL != survey.facts.sshURL {
            try await save(baseline, project, sshURL: survey.facts.sshURL)
        }
        return result
    }

    private func applier(_ project: ProjectRecord) -> Applier {
        let (secretKey, vault, repository) = (configuration.secretKey, vault, project.repository)
        let comment = "\(DesiredDeployKey.title(externalURL: configuration.externalURL)) \(repository)"
        return Applier(
            client: client, secret: { hook in secretKey.webhookSecret(repository, hook) },
            newDeployKey: { try await vault.make(project.id, comment: comment) })
    }

    private func updateFacts(_ project: ProjectRecord, _ facts: GitHubRepository) async throws {
        let isNew =
            facts.id != project.githubID || facts.isPrivate != project.isPrivate
            || facts.defaultBranch != project.defaultBranch
        guard isNew else { return }
        try await store.setGitHubFacts(
            project.id, githubID: facts.id, isPrivate: facts.isPrivate, defaultBranch: facts.defaultBranch)
    }

    private func remember(_ result: Applier.Result, of operation: Reconciler.Operation, _ project: ProjectRecord)
        async throws
    {
        switch result {
        case .webhook(let applied):
            try await store.saveWebhook(
                WebhookRecord(
                    projectID: project.id, hook: applied.hook, githubID: applied.githubID,
                    secretFingerprint: applied.secretFingerprint,
                    url: WebhookAddress.url(
                        externalURL: configuration.externalURL, repository: project.repository, hook: applied.hook)))
        case .deployKey(let applied): try await store.setDeployKeyNumber(project.id, githubID: applied.id)
        case .inherited, .invited: break
        case .done:
            if case .webhook(.delete(let id, _)) = operation { try await store.removeWebhook(githubID: id) }
            if case .deployKey(.delete) = operation { try await store.removeDeployKey(project.id) }
        }
    }

    /// What somebody deleted on GitHub, and is not wanted any more, needs no record.
    private func forgetGone(_ record: ReconcileRecord, _ survey: Survey, _ project: ProjectRecord) async throws {
        let there = Set(survey.observed.webhooks.map(\.id))
        for webhook in record.webhooks where !there.contains(webhook.githubID) {
            try await store.removeWebhook(githubID: webhook.githubID)
        }
        let isKeyThere = survey.observed.deployKeys.contains { record.deployKey?.githubID == $0.id }
        if !project.isActive, record.deployKey != nil, !isKeyThere { try await store.removeDeployKey(project.id) }
    }

    /// Closes what is healed. From here on a difference from the answer is drift, in the parts where all went well.
    private func conclude(
        _ result: inout ReconcileResult, _ survey: Survey, _ project: ProjectRecord, _ inherited: [String: String]
    ) async throws -> Baseline? {
        let failed = Set(result.failures.keys).union(result.problems.map(\.part))
        let open = survey.drift.filter { result.reportedDrift.contains($0) || failed.contains($0.part) }
        if !survey.drift.isEmpty { try await store.setDrift(project.id, open.flatMap(\.differences)) }
        guard project.isActive else { return nil }
        var desired = survey.desired
        if result.operations.contains(where: { $0.part == .deployKey }),
            let key = try await store.reconcileRecord(project.id)?.deployKey
        {
            desired.deployKey.held = DeployKeyIdentity(publicKey: key.publicKey, fingerprint: key.fingerprint)
        }
        return Baseline(
            desired: desired, parts: Set(Reconciler.Operation.Part.allCases).subtracting(failed),
            isPrivate: survey.facts.isPrivate, inherited: inherited)
    }

    private func save(_ baseline: Baseline?, _ project: ProjectRecord, sshURL: String?) async throws {
        try await store.saveBaseline(project.id, try baseline.map(Self.text), sshURL: sshURL)
    }

    /// Written only when something is new, since most passes find nothing. Answers what is remembered now.
    private func save(
        _ seen: ObservedRepository, _ project: ProjectRecord, former: String?
    ) async throws -> String {
        let text = try Self.text(seen)
        if text != former { try await store.saveObservation(project.id, text) }
        return text
    }

    /// Equal values are equal texts.
    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
