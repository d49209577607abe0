import Foundation
import Git
import Model
import OpenSSL
import Reconciler
import Store

/// Makes deploy keys and keeps their private halves: encrypted with AES-GCM by a key that is derived from the secret
/// key, and bound to the project, so that a row that is copied to another project opens nothing.
///
/// The keys themselves are derived too (`SecretKey.deployKeySeed`), so a lost database costs none. They are stored all
/// the same: a repository that was transferred to another GitHub, or keys of an earlier version, could not be derived.
struct DeployKeyVault: Sendable {
    var store: Store
    var secretKey: SecretKey
    /// Former ones, with which stored keys are still opened until fresh ones took their place.
    var oldSecretKeys: [SecretKey] = []
    /// The server's address.
    var server = ""

    /// Which secret key opens a stored key.
    enum Access: Sendable, Hashable {
        /// The server's own.
        case own
        /// A former one: the key is used, and a fresh one is made.
        case older
        /// None that is here: the key is of no use.
        case none
    }

    /// Makes a project's key of a generation and stores it, before GitHub hears of it: a crash in between leaves a key
    /// that the next pass gives to GitHub.
    ///
    /// - Parameter repositoryID: GitHub's number of the repository.
    func make(
        _ projectID: Int64, repositoryID: Int64, generation: Int, role: DeployKeyRecord.Role,
        githubID: Int64? = nil
    ) async throws -> DeployKeyIdentity {
        let pair = try Self.pair(secretKey, repositoryID, server, generation)
        let nonce = RandomBytes.make(12)
        let sealed = try AESGCM.seal(
            key: secretKey.sealingKey(for: Self.purpose), nonce: nonce, plaintext: pair.seed,
            associatedData: Self.binding(projectID, pair.publicKeyOpenSSH))
        try await store.saveDeployKey(
            DeployKeyRecord(
                projectID: projectID, publicKey: pair.publicKeyOpenSSH, fingerprint: pair.fingerprint,
                sealed: nonce + sealed, githubID: githubID, generation: generation, role: role))
        return DeployKeyIdentity(publicKey: pair.publicKeyOpenSSH, fingerprint: pair.fingerprint)
    }

    /// The public half of a key that `make` makes.
    static func identity(
        _ secretKey: SecretKey, repositoryID: Int64, server: String, generation: Int
    ) -> DeployKeyIdentity? {
        guard let pair = try? pair(secretKey, repositoryID, server, generation) else { return nil }
        return DeployKeyIdentity(publicKey: pair.publicKeyOpenSSH, fingerprint: pair.fingerprint)
    }

    /// Whether a record's key can still be opened, and with what.
    func access(_ record: DeployKeyRecord) -> Access {
        Self.access(record, secretKey: secretKey, oldSecretKeys: oldSecretKeys)
    }

    /// The same without a store.
    static func access(_ record: DeployKeyRecord, secretKey: SecretKey, oldSecretKeys: [SecretKey]) -> Access {
        if (try? open(record, with: secretKey)) != nil { return .own }
        return oldSecretKeys.contains { (try? open(record, with: $0)) != nil } ? .older : .none
    }

    /// The private half in OpenSSH's format.
    ///
    /// - Throws: `CryptoError` when the record is not one of this project, or of another secret key.
    func privateKey(_ record: DeployKeyRecord) throws -> GitSecret {
        for old in oldSecretKeys {
            if let pair = try? Self.open(record, with: old) { return GitSecret(pair.privateKeyOpenSSH) }
        }
        return GitSecret(try Self.open(record, with: secretKey).privateKeyOpenSSH)
    }

    private static func pair(
        _ secretKey: SecretKey, _ repositoryID: Int64, _ server: String, _ generation: Int
    ) throws -> Ed25519.KeyPair {
        let seed = secretKey.deployKeySeed(repositoryID: repositoryID, server: server, generation: generation)
        return try Ed25519.KeyPair(seed: seed)
    }

    private static func open(_ record: DeployKeyRecord, with secretKey: SecretKey) throws -> Ed25519.KeyPair {
        guard record.sealed.count > 12 else { throw CryptoError.notAuthentic }
        let seed = try AESGCM.open(
            key: secretKey.sealingKey(for: purpose), nonce: Array(record.sealed.prefix(12)),
            Array(record.sealed.dropFirst(12)), associatedData: binding(record.projectID, record.publicKey))
        return try Ed25519.KeyPair(seed: seed)
    }

    private static let purpose = "deploy key"

    private static func binding(_ projectID: Int64, _ publicKey: String) -> [UInt8] {
        Array("kozmic deploy key 1\n\(projectID)\n\(publicKey)".utf8)
    }
}

extension DeployKeyRecord {
    /// The public half.
    var identity: DeployKeyIdentity { DeployKeyIdentity(publicKey: publicKey, fingerprint: fingerprint) }
}
