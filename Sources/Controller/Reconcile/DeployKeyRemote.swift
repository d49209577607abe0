import Foundation
import Git
import Model
import Store

/// How a repository is fetched when the token does not open it.
///
/// The token over HTTPS comes first, because it also reads what the deploy key of one repository does not. When there
/// is no token, or GitHub refuses it (it may have ended), the deploy key over SSH reads what it was made for. The
/// server's SSH keys are those that the account's and the system's `known_hosts` name, as for git itself.
struct DeployKeyRemote: Sendable {
    private let store: Store
    private let vault: DeployKeyVault
    private let knownHosts: @Sendable () -> String

    init(
        store: Store, secretKey: SecretKey, oldSecretKeys: [SecretKey] = [],
        knownHosts: @escaping @Sendable () -> String = Self.accountsKnownHosts
    ) {
        self.store = store
        self.knownHosts = knownHosts
        vault = DeployKeyVault(store: store, secretKey: secretKey, oldSecretKeys: oldSecretKeys)
    }

    /// `nil` when there is no key that GitHub has, or it cannot be opened.
    func remote(_ repository: RepositoryName) async throws(StoreError) -> GitRemote? {
        guard let project = try await store.project(repository),
            let record = try await store.reconcileRecord(project.id), let url = record.sshURL,
            let key = record.deployKey, key.githubID != nil, let privateKey = try? vault.privateKey(key)
        else { return nil }
        return GitRemote(url: url, credentials: .ssh(privateKey: privateKey, knownHosts: knownHosts()))
    }

    /// The text of the account's and the system's `known_hosts`.
    @Sendable static func accountsKnownHosts() -> String {
        ["\(NSHomeDirectory())/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"].compactMap { path in
            FileManager.default.contents(atPath: path).map { String(decoding: $0.prefix(1 << 20), as: UTF8.self) }
        }.joined(separator: "\n")
    }
}
