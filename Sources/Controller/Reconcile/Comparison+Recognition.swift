import Model
import Reconciler

/// Finds on GitHub what this server made before it lost its database.
extension Comparison {
    /// The deploy keys, the oldest first: each of the generation that its title speaks of, or of one of the next, which
    /// are made when GitHub refuses a key as already in use. Two of them are a rotation that is under way.
    func recognize(
        _ desired: inout DesiredDeployKey, _ observed: ObservedRepository, repositoryID: Int64?
    ) -> [FoundDeployKey] {
        guard desired.held == nil else { return [] }
        let titled = observed.deployKeys.compactMap { key in desired.generation(ofTitle: key.title).map { ($0, key) } }
        guard let secretKey else {
            // Without the key nobody can tell; it is not taken for a change.
            if let ours = titled.first?.1 {
                desired.held = DeployKeyIdentity(publicKey: ours.key, fingerprint: "")
                desired.title = ours.title
            }
            return []
        }
        guard let repositoryID else { return [] }
        let found = titled.compactMap { first, key in
            (first..<first + 4).lazy.compactMap { generation -> FoundDeployKey? in
                let identity = DeployKeyVault.identity(
                    secretKey, repositoryID: repositoryID, server: externalURL, generation: generation)
                guard let identity, identity.matches(key.key) else { return nil }
                return FoundDeployKey(generation: generation, githubID: key.id, identity: identity)
            }.first
        }.sorted { $0.generation < $1.generation }
        guard let newest = found.last else { return [] }
        desired.held = newest.identity
        desired.kept = found.count > 1 ? found.first?.identity : nil
        desired.title = DesiredDeployKey.title(externalURL: externalURL, generation: newest.generation)
        return found
    }

    /// Webhooks that are at a later secret than is known.
    func recognize(_ desired: inout DesiredRepository, _ observed: inout ObservedRepository) {
        guard let secretKey else { return }
        for index in desired.webhooks.indices {
            let webhook = desired.webhooks[index]
            let generations = observed.webhooks.filter { WebhookAddress.areSame($0.url, webhook.url) }
                .map { WebhookAddress.generation(of: $0.url) }
            guard let latest = generations.max(), latest > WebhookAddress.generation(of: webhook.url) else { continue }
            let fingerprint = secretKey.webhookSecretFingerprint(
                desired.repository, webhook.hook, generation: latest)
            let url = address(desired.repository, webhook.hook, latest)
            desired.webhooks[index].url = url
            desired.webhooks[index].secretFingerprint = fingerprint
            // One that has a secret at all was given this one.
            for other in observed.webhooks.indices
            where observed.webhooks[other].url == url && observed.webhooks[other].secretFingerprint != nil {
                observed.webhooks[other].secretFingerprint = fingerprint
            }
        }
    }
}
