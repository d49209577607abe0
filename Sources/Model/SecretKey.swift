import Foundation
import OpenSSL

/// The server's secret key: 32 random bytes from which every other secret is derived.
///
/// Derived secrets are not stored, so the database never holds one in clear.
public struct SecretKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private let bytes: [UInt8]

    /// `nil` when there are not exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The secret that GitHub signs a hook's deliveries with: HKDF-SHA-256 of the key, with the lower-case repository
    /// and the hook in the info field, as 64 hexadecimal digits.
    ///
    /// - Parameter generation: 1 for the first secret; each rotation makes the next, which tells nothing of the others.
    public func webhookSecret(_ repository: RepositoryName, _ hook: HookID, generation: Int = 1) -> String {
        let suffix = generation > 1 ? "\n\(generation)" : ""
        return Hex.encode(derived("kozmic webhook 1\n\(repository.key)\n\(hook)\(suffix)"))
    }

    /// The secret for webhooks of organizations and of GitHub Apps, which people make by hand: one for all of them,
    /// because what such a delivery says is not believed but read anew.
    public var accountWebhookSecret: String { Hex.encode(derived("kozmic account webhook 1")) }

    /// What may be stored to notice that a webhook carries an older secret: a hash that leads back to nothing.
    public func webhookSecretFingerprint(
        _ repository: RepositoryName, _ hook: HookID, generation: Int = 1
    ) -> String {
        Hex.encode(SHA256.hash(Array(webhookSecret(repository, hook, generation: generation).utf8)))
    }

    /// What a repository's deploy key is made from: the seed of an Ed25519 key, 32 bytes.
    ///
    /// Derived and not drawn by lot, so that a lost database, or an old copy of it, costs no key: the server finds on
    /// GitHub the key that it can make again.
    ///
    /// - Parameters:
    ///   - repositoryID: GitHub's number; a repository that is deleted and made again has another one.
    ///   - server: the server's address: two servers with one secret key have keys of their own.
    ///   - generation: 1 for the first key; each rotation makes the next.
    public func deployKeySeed(repositoryID: Int64, server: String, generation: Int) -> [UInt8] {
        derived("kozmic deploy key 1\n\(server)\n\(repositoryID)\n\(generation)")
    }

    /// 32 bytes for one purpose: HKDF-SHA-256 of the key without salt.
    ///
    /// - Parameter purpose: begins with `kozmic` and a word, so that no two purposes share bytes.
    func derived(_ purpose: String) -> [UInt8] {
        HKDF.sha256(secret: bytes, salt: [], info: Array(purpose.utf8), length: 32)
    }

    /// A key of 32 bytes for encrypting what is stored; each purpose has its own, so that one opens nothing of another.
    public func sealingKey(for purpose: String) -> [UInt8] {
        derived("kozmic sealing 1\n\(purpose)")
    }

    public var description: String { "<secret key>" }
    public var debugDescription: String { description }
}
