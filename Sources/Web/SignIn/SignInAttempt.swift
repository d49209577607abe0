import Foundation
import Model
import OpenSSL

/// A sign-in between leaving for GitHub and coming back. The browser keeps it, sealed, so that nothing has to be
/// remembered of the many that never come back, and a sign-in survives a restart.
struct SignInAttempt: Codable, Sendable {
    /// What GitHub sends back: proves that this browser began the sign-in.
    var state: String
    /// What proves to GitHub that we did.
    var verifier: String
    /// Where the browser wants to go.
    var target: String
    /// Seconds since 1970.
    var expiresAt: Double

    /// As long as GitHub's codes live.
    static let lifetime = 600

    init(target: LocalAddress, now: Date) {
        state = Base64URL.encode(RandomBytes.make(32))
        verifier = Base64URL.encode(RandomBytes.make(32))
        self.target = target.path
        expiresAt = now.addingTimeInterval(TimeInterval(Self.lifetime)).timeIntervalSince1970
    }

    /// `nil` for what was not sealed here, or has expired.
    init?(sealed text: String?, key: SecretKey, now: Date) {
        guard let text, let bytes = Base64URL.decode(text), bytes.count > 12,
            let plain = try? AESGCM.open(
                key: key.sealingKey(for: Self.purpose), nonce: Array(bytes.prefix(12)), Array(bytes.dropFirst(12))),
            let attempt = try? JSONDecoder().decode(Self.self, from: Data(plain)),
            attempt.expiresAt > now.timeIntervalSince1970
        else { return nil }
        self = attempt
    }

    /// For a cookie.
    func sealed(_ key: SecretKey) throws -> String {
        let nonce = RandomBytes.make(12)
        let plain = [UInt8](try JSONEncoder().encode(self))
        return Base64URL.encode(
            nonce + (try AESGCM.seal(key: key.sealingKey(for: Self.purpose), nonce: nonce, plaintext: plain)))
    }

    private static let purpose = "sign-in attempt"
}
