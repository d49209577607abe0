import GitHub
import Model

/// Carries operations out, one at a time.
///
/// Each may be applied again after a crash or a lost answer: what was done already is found and not done twice.
public struct WebhookApplier: Sendable {
    private let client: GitHubClient
    private let secret: @Sendable (HookID) -> String

    /// - Parameters:
    ///   - client: its token needs admin rights on the repositories.
    ///   - secret: what GitHub shall sign a hook's deliveries with.
    public init(client: GitHubClient, secret: @escaping @Sendable (HookID) -> String) {
        self.client = client
        self.secret = secret
    }

    /// - Returns: the webhook as it is now; `nil` for a deletion.
    @discardableResult
    public func apply(
        _ operation: WebhookOperation, _ repository: RepositoryName
    ) async throws(GitHubError) -> AppliedWebhook? {
        switch operation {
        case .create(let webhook): return try await create(webhook, repository)
        case .update(let id, let webhook, _): return try await update(id, webhook, repository)
        case .delete(let id, _):
            try await client.deleteHook("\(repository)", id)
            return nil
        }
    }

    private func create(
        _ webhook: DesiredWebhook, _ repository: RepositoryName
    ) async throws(GitHubError) -> AppliedWebhook {
        do {
            return applied(webhook, try await client.createHook("\(repository)", spec(webhook)))
        } catch {
            // An earlier attempt, perhaps of an earlier process, may have succeeded without our knowing it.
            guard error.leavesOutcomeOpen || error.saysThatHookExists else { throw error }
            guard let existing = try await others(than: nil, at: webhook.url, repository).first else { throw error }
            // It has all but, perhaps, our secret.
            return applied(webhook, try await client.updateHook("\(repository)", existing.id, spec(webhook)))
        }
    }

    private func update(
        _ id: Int64, _ webhook: DesiredWebhook, _ repository: RepositoryName
    ) async throws(GitHubError) -> AppliedWebhook {
        do {
            return applied(webhook, try await client.updateHook("\(repository)", id, spec(webhook)))
        } catch {
            // Somebody deleted it since it was observed.
            if error.kind == .notFound { return try await create(webhook, repository) }
            guard error.saysThatHookExists else { throw error }
            // Somebody made another one since then.
            let duplicates = try await others(than: id, at: webhook.url, repository)
            guard !duplicates.isEmpty else { throw error }
            for duplicate in duplicates { try await client.deleteHook("\(repository)", duplicate.id) }
            return applied(webhook, try await client.updateHook("\(repository)", id, spec(webhook)))
        }
    }

    private func others(
        than id: Int64?, at url: String, _ repository: RepositoryName
    ) async throws(GitHubError) -> [GitHubHook] {
        try await client.hooks("\(repository)").filter {
            $0.id != id && $0.name == "web" && WebhookAddress.areSame($0.url, url)
        }
    }

    private func spec(_ webhook: DesiredWebhook) -> GitHubHookSpec {
        GitHubHookSpec(url: webhook.url, events: webhook.events, secret: GitHubSecret(secret(webhook.hook)))
    }

    private func applied(_ webhook: DesiredWebhook, _ hook: GitHubHook) -> AppliedWebhook {
        AppliedWebhook(
            hook: webhook.hook, githubID: hook.id, secretFingerprint: webhook.secretFingerprint,
            url: webhook.url)
    }
}

extension GitHubError {
    /// Whether GitHub refuses a webhook because there is one with the same configuration. Other refusals have the
    /// same status, so only the words tell.
    var saysThatHookExists: Bool {
        guard case .validation(let fields) = kind else { return false }
        return fields.contains { $0.message?.lowercased().contains("hook already exists") == true }
    }
}
