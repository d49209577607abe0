import Foundation
import Model
import OpenSSL
import Store
import Testing

@testable import Web

/// Somebody's browser, signed in.
struct SignedIn: Sendable {
    var cookie: String
    /// What the forms of this session carry.
    var formToken: String

    var headers: [String: String] { ["Cookie": cookie] }
}

extension Site {
    /// Begins a session as the sign-in does.
    func signIn(_ id: Int64, _ login: String) async throws -> SignedIn {
        let secret = RandomBytes.make(32)
        let person = PersonRecord(id: id, login: login, sealedToken: nil, checkedAt: clock.now)
        try await store.signIn(person, session: SHA256.hash(secret))
        let cookie = "kozmic=\(Base64URL.encode(secret))"
        let page = try await client.get("/_account", ["Cookie": cookie])
        let token = try #require(page.text.firstMatch(of: #/name="csrf" value="([A-Za-z0-9_-]{43})"/#)?.output.1)
        return SignedIn(cookie: cookie, formToken: String(token))
    }

    /// Sends a form, with the session's token unless another one is given.
    func post(
        _ path: String, as person: SignedIn?, token: String? = nil, fields: String = ""
    ) async throws -> Client.Answer {
        let csrf = token ?? person?.formToken ?? ""
        var headers = person?.headers ?? [:]
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return try await client.send("POST", path, headers, body: Array("csrf=\(csrf)&\(fields)".utf8))
    }
}
