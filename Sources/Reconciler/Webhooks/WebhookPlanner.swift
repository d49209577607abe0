import Model

/// Compares the webhooks that are declared with those that GitHub has. Pure: equal arguments give equal answers.
public enum WebhookPlanner {
    /// The operations that make the observed webhooks the desired ones; none when they are.
    ///
    /// Only webhooks of ours are touched: those under `<external URL>/_hooks/`, and those that we once made when the
    /// server had another address. Of several for one hook the best is kept. A webhook whose repository was renamed is
    /// changed, not replaced.
    ///
    /// Deletions come first, because GitHub allows no two webhooks with one configuration, and 20 for an event.
    public static func operations(
        repository: RepositoryName, desired: [DesiredWebhook], observed: [ObservedWebhook], externalURL: String
    ) -> [WebhookOperation] {
        var ours: [(name: String, webhook: ObservedWebhook)] = observed.sorted { $0.id < $1.id }.compactMap { webhook in
            name(of: webhook, externalURL: externalURL).map { ($0, webhook) }
        }
        var wanted: [String: DesiredWebhook] = [:]
        for webhook in desired {
            let name = "\(repository.key)/\(webhook.hook)"
            wanted[name] = wanted[name] ?? webhook
        }
        var deletions: [WebhookOperation] = []
        var updates: [WebhookOperation] = []
        var missing: [DesiredWebhook] = []

        for (name, webhook) in wanted.sorted(by: { $0.key < $1.key }) {
            let candidates = ours.filter { $0.name == name }.map(\.webhook)
            ours.removeAll { $0.name == name }
            guard let best = best(of: candidates, for: webhook) else {
                missing.append(webhook)
                continue
            }
            deletions += candidates.filter { $0.id != best.id }.map { .delete(id: $0.id, url: $0.url) }
            append(best, webhook, to: &updates)
        }
        var creations: [WebhookOperation] = []
        for webhook in missing {
            // Left from an earlier name of the repository: ends with the same hook.
            if let position = ours.firstIndex(where: { $0.name.hasSuffix("/\(webhook.hook)") }) {
                append(ours.remove(at: position).webhook, webhook, to: &updates)
            } else {
                creations.append(.create(webhook))
            }
        }
        deletions += ours.map { .delete(id: $0.webhook.id, url: $0.webhook.url) }
        return deletions.sorted(by: hasLowerID) + updates + creations
    }

    private static func name(of webhook: ObservedWebhook, externalURL: String) -> String? {
        if let name = WebhookAddress.name(of: webhook.url, externalURL: externalURL) { return name }
        return webhook.secretFingerprint == nil ? nil : WebhookAddress.name(ofFormer: webhook.url)
    }

    /// The one with the fewest differences; the oldest of several.
    private static func best(of candidates: [ObservedWebhook], for desired: DesiredWebhook) -> ObservedWebhook? {
        candidates.min { ($0.changes(to: desired).count, $0.id) < ($1.changes(to: desired).count, $1.id) }
    }

    private static func append(
        _ observed: ObservedWebhook, _ desired: DesiredWebhook, to updates: inout [WebhookOperation]
    ) {
        let changes = observed.changes(to: desired)
        if !changes.isEmpty { updates.append(.update(id: observed.id, desired, changes: changes)) }
    }

    private static func hasLowerID(_ left: WebhookOperation, _ right: WebhookOperation) -> Bool {
        guard case .delete(let left, _) = left, case .delete(let right, _) = right else { return false }
        return left < right
    }
}
