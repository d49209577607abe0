import Foundation
import Model
import Store

/// The secrets that deliveries of one webhook may be signed with at this time.
///
/// The one that GitHub has or is about to be given; the one that it has as far as is known, while that is another one;
/// and for an hour those that it had before, because deliveries may be under way.
struct AcceptedSecrets: Sendable {
    private struct Secret {
        var bytes: [UInt8]
        /// Until when; `nil` for as long as GitHub has it.
        var until: Date?
    }

    private let secrets: [Secret]

    /// - Parameters:
    ///   - state: what is stored of the webhook; it holds hashes only.
    ///   - keys: the server's secret key, then former ones: what is derived from none of them is not known.
    init(_ name: WebhookName, _ state: WebhookSecrets, keys: [SecretKey]) {
        guard let current = keys.first else {
            secrets = []
            return
        }
        func secret(_ key: SecretKey, _ generation: Int) -> [UInt8] {
            Array(key.webhookSecret(name.repository, name.hook, generation: generation).utf8)
        }
        func fingerprint(_ key: SecretKey, _ generation: Int) -> String {
            key.webhookSecretFingerprint(name.repository, name.hook, generation: generation)
        }
        var found = [Secret(bytes: secret(current, state.generation))]
        var others: [String: Date?] = state.former
        if let onGitHub = state.onGitHub { others[onGitHub] = .some(nil) }
        others[fingerprint(current, state.generation)] = nil
        if !others.isEmpty {
            for key in keys {
                for generation in max(1, state.generation - Self.reach)...max(1, state.generation) {
                    guard let until = others.removeValue(forKey: fingerprint(key, generation)) else { continue }
                    found.append(Secret(bytes: secret(key, generation), until: until))
                }
            }
        }
        secrets = found
    }

    /// How many generations back a former secret is looked for: nobody rotates more often in an hour.
    private static let reach = 16

    /// Whether one of them made the signature.
    func contains(at time: Date, where isSigned: ([UInt8]) -> Bool) -> Bool {
        secrets.contains { secret in secret.until.map { $0 > time } ?? true && isSigned(secret.bytes) }
    }
}
