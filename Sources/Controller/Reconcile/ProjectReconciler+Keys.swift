import Foundation
import GitHub
import Model
import Reconciler
import Store

/// What a pass does about keys and secrets beyond its plan.
extension ProjectReconciler {
    /// Remembers what was found on GitHub as this server would have made it: after the loss of the database.
    func adopt(_ survey: Survey, _ project: ProjectRecord, _ memory: ProjectMemory) async throws -> Bool {
        guard project.isActive else { return false }
        for (position, key) in survey.foundKeys.enumerated() {
            _ = try await vault.make(
                project.id, repositoryID: survey.facts.id, generation: key.generation,
                role: position == 0 ? .current : .next, githubID: key.githubID)
        }
        guard memory.isFresh else { return !survey.foundKeys.isEmpty }
        for desired in survey.desired.webhooks {
            let generation = WebhookAddress.generation(of: desired.url)
            if generation > memory.generations.webhook(desired.hook) {
                try await store.raiseWebhookGeneration(project.repository, desired.hook, to: generation)
            }
            let there = survey.observed.webhooks.first { $0.url == desired.url && $0.changes(to: desired).isEmpty }
            guard let there else { continue }
            try await store.saveWebhook(
                WebhookRecord(
                    projectID: project.id, hook: desired.hook, githubID: there.id,
                    secretFingerprint: desired.secretFingerprint, url: desired.url,
                    updatedAt: Date(timeIntervalSince1970: 0)))
        }
        return true
    }

    /// Last of all: what keeps a key from being used must not hold up anything else.
    func tryNextDeployKey(
        _ result: inout ReconcileResult, _ survey: Survey, _ project: ProjectRecord
    ) async throws {
        guard project.isActive, !result.refusals.parts.contains(.deployKey) else { return }
        do {
            result.hasNewDeployKey = try await rotation.finish(project.id, sshURL: survey.facts.sshURL)
        } catch let problem as ReconcileProblem {
            result.refusals.note(.deployKey, problem)
        }
    }

    /// A key that GitHub has although its answer was never heard.
    func noteNumbers(_ record: ReconcileRecord, _ survey: Survey) async throws {
        for key in record.deployKeys {
            let there = survey.observed.deployKeys.first { key.identity.matches($0.key) }
            guard let there, there.id != key.githubID else { continue }
            // One that was replaced just now has another number already, which is kept.
            let current = try await store.reconcileRecord(record.project.id)?.deployKeys.first {
                $0.publicKey == key.publicKey
            }
            guard current?.githubID == key.githubID else { continue }
            try await store.setDeployKeyNumber(record.project.id, key.publicKey, githubID: there.id)
        }
    }
}
