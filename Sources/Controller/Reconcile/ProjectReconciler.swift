import Foundation
import Git
import GitHub
import Model
import Reconciler
import Store

/// Observes one project on GitHub, plans, and applies the plan one operation at a time.
struct ProjectReconciler: Sendable {
    private let configuration: ControllerConfiguration
    let store: Store
    private let client: GitHubClient
    private let surveyor: Surveyor
    let vault: DeployKeyVault
    private(set) var rotation: DeployKeyRotation
    private let hints: GitHubHints?
    private let seenBefore = SeenBefore()
    private let baselines = KnownBaselines()

    /// - Parameters:
    ///   - hints: what GitHub tells by the way goes there.
    ///   - trial: see `DeployKeyRotation.trial`; `nil` for the usual one.
    ///   - knownHosts: the text of `known_hosts`; `nil` for the account's own.
    init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, hints: GitHubHints? = nil,
        trial: (@Sendable (GitRemote) async throws -> Void)? = nil, knownHosts: String? = nil
    ) {
        self.configuration = configuration
        self.store = store
        self.client = client
        self.hints = hints
        surveyor = Surveyor(
            client: client, externalURL: configuration.externalURL, secretKey: configuration.secretKey)
        vault = DeployKeyVault(
            store: store, secretKey: configuration.secretKey, oldSecretKeys: configuration.oldSecretKeys,
            server: configuration.externalURL)
        rotation = DeployKeyRotation(store: store, vault: vault)
        if let trial { rotation.trial = trial }
        if let knownHosts { rotation.knownHosts = { knownHosts } }
    }

    /// Makes the project as it should be. Every applied operation is recorded before the next begins, so a crash
    /// between two of them repeats nothing that matters. What fails in one part (webhooks, deploy key, permissions)
    /// does not hold up the others; nor does somebody's access that of others, see `Refusals`.
    ///
    /// Where `drift: report` holds, differences that nobody asked for are recorded and left as they are.
    ///
    /// - Throws: `ReconcileProblem` when nothing could be done, or the store's errors.
    func reconcile(_ project: ProjectRecord) async throws -> ReconcileResult {
        guard let remembered = try await store.reconcileRecord(project.id) else { return ReconcileResult() }
        return try await reconcile(project, remembered)
    }

    /// The same with what was just read from the store.
    func reconcile(_ project: ProjectRecord, _ remembered: ReconcileRecord) async throws -> ReconcileResult {
        let first = try await pass(project, remembered)
        guard first.hasNewDeployKey, let remembered = try await store.reconcileRecord(project.id) else { return first }
        // The former key is of no use from now on.
        var second = try await pass(project, remembered)
        second.operations = first.operations + second.operations
        return second
    }

    private func pass(_ project: ProjectRecord, _ remembered: ReconcileRecord) async throws -> ReconcileResult {
        do {
            var record = try await rotation.prepare(remembered)
            var memory = ProjectMemory(record, baselines: baselines, access: vault.access)
            var surveyor = surveyor
            // A look at what was well the last time can wait for those where something is to be done.
            if project.condition.status == .ready { surveyor.client = client.with(priority: .audit) }
            var survey = try await surveyor.survey(project.config, isActive: project.isActive, memory)
            if project.isActive { try await yieldToNewName(project, survey.facts) }
            if project.isActive {
                hints?.note(
                    project.id, GitHubHints.Hint(pushedAt: survey.facts.pushedAt, failing: survey.seen.failing))
                try await updateFacts(project, survey.facts)
            }
            if !project.isActive { try await leaveKeys(project, to: &survey) }
            if try await adopt(survey, project, memory) {
                record = try await store.reconcileRecord(project.id) ?? record
                memory = ProjectMemory(record, baselines: baselines, access: vault.access)
                survey = try await surveyor.survey(project.config, isActive: project.isActive, memory)
            }
            if !survey.drift.isEmpty || record.hasOpenDrift {
                try await store.setDrift(project.id, survey.drift.flatMap(\.differences))
            }
            return try await apply(survey, project, record, memory.baseline)
        } catch let error as GitHubError {
            throw ReconcileProblem(error, repository: project.repository)
        }
    }

    private func apply(
        _ survey: Survey, _ project: ProjectRecord, _ record: ReconcileRecord, _ old: Baseline?
    ) async throws -> ReconcileResult {
        let left = project.isActive ? survey.drift.filter(project.config.reports) : []
        var result = ReconcileResult(problems: survey.plan.problems, reportedDrift: left)
        var gate = try await RemovalGate(survey, project, store, old)
        result.heldRemovals = gate.refusal
        if survey.facts.fullName.lowercased() != project.repository.key { result.newName = survey.facts.fullName }
        var inherited = survey.observed.inherited
        var seen = survey.seen
        var remembered = try await save(seen, project, former: record.observation)
        let applier = applier(project, survey)
        // GitHub follows a renamed repository by its number; writes go to the name that it has now.
        let name = result.newName.flatMap { RepositoryName($0) } ?? project.repository
        for operation in survey.plan.operations where !left.contains(operation) && !gate.holds(operation) {
            guard !result.refusals.hold(operation, survey.desired, seen) else { continue }
            // Whatever becomes of the rest, it was decided: the next pass goes on with it.
            if let decided = gate.decision(before: operation, inherited) {
                try await save(decided, project, sshURL: record.sshURL)
            }
            do {
                let applied = try await applier.apply(operation, name)
                try await remember(applied, of: operation, project)
                seen = seen.after(operation, applied)
                remembered = try await save(seen, project, former: remembered)
                if case .inherited(let key, let level) = applied { inherited[key] = level }
                result.operations.append(operation)
            } catch let error as GitHubError {
                guard error.isAboutOneThing else { throw error }
                result.refusals.note(operation, error, project.repository)
            }
        }
        try await forgetGone(record, survey, project)
        if !project.isActive { try await store.saveObservation(project.id, nil) }
        try await noteNumbers(record, survey)
        try await tryNextDeployKey(&result, survey, project)
        var baseline = try await conclude(&result, survey, project, inherited)
        baseline?.holdsRemovals = gate.isOpen ? true : nil
        if baseline != old || record.sshURL != survey.facts.sshURL {
            try await save(baseline, project, sshURL: survey.facts.sshURL)
        }
        return result
    }

    private func applier(_ project: ProjectRecord, _ survey: Survey) -> Applier {
        let (secretKey, vault, store, repository) = (configuration.secretKey, vault, store, project.repository)
        let generations = Dictionary(
            survey.desired.webhooks.map { ($0.hook, WebhookAddress.generation(of: $0.url)) }
        ) { first, _ in first }
        return Applier(
            client: client,
            secret: { hook in
                secretKey.webhookSecret(repository, hook, generation: generations[hook] ?? 1)
            },
            newDeployKey: {
                // Asked for again when GitHub says that the first one is in use elsewhere: so each is another one.
                let record = try await store.reconcileRecord(project.id)
                return try await vault.make(
                    project.id, repositoryID: survey.facts.id, generation: record.map(DeployKeyMemory.fresh) ?? 1,
                    role: .current)
            })
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
                    secretFingerprint: applied.secretFingerprint, url: applied.url))
        case .deployKey(let applied):
            try await store.setDeployKeyNumber(project.id, applied.key.publicKey, githubID: applied.id)
        case .inherited, .invited: break
        case .done:
            if case .webhook(.delete(let id, _)) = operation { try await store.removeWebhook(githubID: id) }
            if case .deployKey(.delete(let id, _)) = operation {
                let keys = try await store.reconcileRecord(project.id)?.deployKeys ?? []
                for key in keys where key.githubID == id {
                    try await store.removeDeployKey(project.id, key.publicKey)
                }
            }
        }
    }

    /// What somebody deleted on GitHub, and is not wanted any more, needs no record.
    private func forgetGone(_ record: ReconcileRecord, _ survey: Survey, _ project: ProjectRecord) async throws {
        let there = Set(survey.observed.webhooks.map(\.id))
        for webhook in record.webhooks where !there.contains(webhook.githubID) {
            try await store.removeWebhook(githubID: webhook.githubID)
        }
        for key in record.deployKeys where key.role == .former || !project.isActive {
            let isThere = survey.observed.deployKeys.contains { key.identity.matches($0.key) }
            guard !isThere || survey.leavesDeployKeys else { continue }
            try await store.removeDeployKey(project.id, key.publicKey)
        }
    }

    /// Closes what is healed. From here on a difference from the answer is drift, in the parts where all went well.
    private func conclude(
        _ result: inout ReconcileResult, _ survey: Survey, _ project: ProjectRecord, _ inherited: [String: String]
    ) async throws -> Baseline? {
        var failed = result.refusals.parts.union(result.problems.map(\.part))
        if result.heldRemovals != nil { failed.insert(.permissions) }
        let open = survey.drift.filter { result.reportedDrift.contains($0) || failed.contains($0.part) }
        if !survey.drift.isEmpty { try await store.setDrift(project.id, open.flatMap(\.differences)) }
        guard project.isActive else { return nil }
        var desired = survey.desired
        if result.operations.contains(where: { $0.part == .deployKey }),
            let record = try await store.reconcileRecord(project.id)
        {
            desired.deployKey = DeployKeyMemory(record, access: vault.access)
                .desired(project.config.deployKey, externalURL: configuration.externalURL)
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
        if let former, seenBefore.has(project.id, former, seen) { return former }
        let text = try Self.text(seen)
        if text != former { try await store.saveObservation(project.id, text) }
        seenBefore.note(project.id, text, seen)
        return text
    }

    /// Equal values are equal texts.
    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
