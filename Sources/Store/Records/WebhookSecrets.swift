import Foundation
import Model

/// The name of a webhook: of a hook, or of the admin repository.
public struct WebhookName: Sendable, Hashable {
    /// The repository.
    public var repository: RepositoryName
    /// The hook, or `HookID.adminRepository`.
    public var hook: HookID

    /// Memberwise.
    public init(_ repository: RepositoryName, _ hook: HookID) {
        self.repository = repository
        self.hook = hook
    }
}

/// Which secrets deliveries of one webhook may be signed with. Only hashes: the secrets are derived.
public struct WebhookSecrets: Sendable, Hashable {
    /// Which secret GitHub has or is about to be given.
    public var generation = 1
    /// The hash of the secret that GitHub has, as far as is known; `nil` when it was never given one.
    public var onGitHub: String?
    /// The hashes of secrets that GitHub had before, with the time until when they are accepted.
    public var former: [String: Date] = [:]

    /// Nothing happened yet: the first secret is the only one.
    public init() {}
}

/// Which secret each purpose of one repository is at.
public struct SecretGenerations: Sendable, Hashable {
    /// The deploy key's name among the purposes; no hook can be called so.
    static let deployKeyPurpose = "_deploy_key"

    let values: [String: Int]

    /// The first of each.
    public init() { values = [:] }

    init(_ values: [String: Int]) { self.values = values }

    /// Of a webhook's secret, from 1.
    public func webhook(_ hook: HookID) -> Int { values[hook.description] ?? 1 }

    /// The least that the deploy key must be; 0 when nobody asked for a fresh one yet.
    public var deployKey: Int { values[Self.deployKeyPurpose] ?? 0 }
}
