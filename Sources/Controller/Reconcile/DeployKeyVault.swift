import Foundation
import Git
import Model
import OpenSSL
import Reconciler
import Store

/// Makes deploy keys and keeps their private halves: encrypted with AES-GCM by a key that is derived from the secret
/// key, and bound to the project, so that a row that is copied to another project opens nothing.
struct DeployKeyVault: Sendable {
    var store: Store
    var secretKey: SecretKey

    /// Makes a key for a project and stores it, before GitHub hears of it: a crash in between leaves a key that the next
    /// pass gives to GitHub.
    func make(_ projectID: Int64, comment: String) async throws -> DeployKeyIdentity {
        let pair = try Ed25519.KeyPair.generate(comment: comment)
        let nonce = RandomBytes.make(12)
        let sealed = try AESGCM.seal(
            key: secretKey.sealingKey(for: Self.purpose), nonce: nonce, plaintext: pair.seed,
            associatedData: Self.binding(projectID, pair.publicKeyOpenSSH))
        try await store.saveDeployKey(
            DeployKeyRecord(
                projectID: projectID, publicKey: pair.publicKeyOpenSSH, fingerprint: pair.fingerprint,
                sealed: nonce + sealed))
        return DeployKeyIdentity(publicKey: pair.publicKeyOpenSSH, fingerprint: pair.fingerprint)
    }

    /// The key that a record holds, if it can still be opened; not after the secret key was replaced.
    func identity(_ record: DeployKeyRecord) -> DeployKeyIdentity? {
        guard (try? open(record)) != nil else { return nil }
        return DeployKeyIdentity(publicKey: record.publicKey, fingerprint: record.fingerprint)
    }

    /// The private half in OpenSSH's format.
    ///
    /// - Throws: `CryptoError` when the record is not one of this project, or of another secret key.
    func privateKey(_ record: DeployKeyRecord) throws -> GitSecret { GitSecret(try open(record).privateKeyOpenSSH) }

    private func open(_ record: DeployKeyRecord) throws -> Ed25519.KeyPair {
        guard record.sealed.count > 12 else { throw CryptoError.notAuthentic }
        let seed = try AESGCM.open(
            key: secretKey.sealingKey(for: Self.purpose), nonce: Array(record.sealed.prefix(12)),
            Array(record.sealed.dropFirst(12)), associatedData: Self.binding(record.projectID, record.publicKey))
        return try Ed25519.KeyPair(seed: seed)
    }

    private static let purpose = "deploy key"

    private static func binding(_ projectID: Int64, _ publicKey: String) -> [UInt8] {
        Array("kozmic deploy key 1\n\(projectID)\n\(publicKey)".utf8)
    }
}
