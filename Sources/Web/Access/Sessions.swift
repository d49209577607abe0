import Foundation
import Hummingbird
import Logging
import Model
import OpenSSL
import Store

/// Cookies → people.
///
/// The browser holds 32 random bytes, the store their hash: whoever reads the database cannot sign in with it.
struct Sessions: Sendable {
    var store: Store
    var configuration: WebConfiguration
    var logger: Logger

    private static let cookie = "kozmic"
    /// How exactly the last use of a session is known; each is a write.
    private static let precision: TimeInterval = 300

    var cookies: Cookies { Cookies(isSecure: configuration.externalURL.lowercased().hasPrefix("https://")) }

    /// Who sent the request. Trouble with the store makes everybody a stranger: less is shown, never more.
    func viewer(of request: Request) async -> Viewer {
        guard let hash = hash(in: request) else { return .stranger }
        do {
            let session = try await store.session(hash, adminRepository: configuration.adminRepository)
            guard let session else { return .stranger }
            if store.time.timeIntervalSince(session.seenAt) > Self.precision { try await store.noteSessionUse(hash) }
            return .person(Viewer.Person(session: session, formToken: formToken(hash)))
        } catch {
            logger.error("a session could not be read: \(error)")
            return .stranger
        }
    }

    /// Begins a session. Answers the `Set-Cookie` header.
    func begin(_ person: PersonRecord) async throws(StoreError) -> String {
        let secret = RandomBytes.make(32)
        try await store.signIn(person, session: SHA256.hash(secret))
        let lifetime = Int(SessionLifetime.standard.absolute)
        return cookies.header(Self.cookie, Base64URL.encode(secret), seconds: lifetime)
    }

    /// The `Set-Cookie` header that makes a browser forget its session.
    var end: String { cookies.header(Self.cookie, "", seconds: 0) }

    private func hash(in request: Request) -> [UInt8]? {
        guard let text = cookies.value(Self.cookie, in: request), text.utf8.count == 43,
            let secret = Base64URL.decode(text)
        else { return nil }
        return SHA256.hash(secret)
    }

    /// Another one for each session, and nothing that leads back to it.
    private func formToken(_ hash: [UInt8]) -> String {
        Base64URL.encode(HMAC.sha256(key: configuration.secretKey.sealingKey(for: "forms"), hash))
    }
}
