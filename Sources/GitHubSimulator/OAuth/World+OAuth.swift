import Foundation
import OpenSSL

extension World {
    /// The two pages of the web flow; both are outside of the REST interface and have errors of their own shape.
    func serveOAuth(_ call: RESTCall) -> RESTAnswer {
        var answer: RESTAnswer
        switch (call.method, call.path) {
        case ("GET", "/login/oauth/authorize"): answer = authorize(call)
        case ("POST", "/login/oauth/access_token"): answer = exchange(call)
        default: answer = RESTAnswer(status: 404, html: "<!DOCTYPE html><title>Page not found</title>")
        }
        answer.isCounted = false
        return answer
    }

    /// Asks nobody: who is signed in at this "GitHub" was said by a control route, as was whether they approve.
    private func authorize(_ call: RESTCall) -> RESTAnswer {
        guard let app = oauthApps[call.query("client_id") ?? ""] else {
            return RESTAnswer(status: 404, html: "<!DOCTYPE html><title>Page not found</title>")
        }
        let redirect = call.query("redirect_uri") ?? app.callbackURL
        guard app.allows(redirect: redirect) else {
            let words = "The redirect_uri MUST match the registered callback URL for this application."
            return back(to: app.callbackURL, call, [("error", "redirect_uri_mismatch"), ("error_description", words)])
        }
        let challenge = call.query("code_challenge")
        let isSHA256 = call.query("code_challenge_method") == "S256" && challenge?.utf8.count == 43
        guard challenge == nil || isSHA256 else {
            return back(to: redirect, call, [("error", "invalid_request"), ("error_description", "S256 is needed")])
        }
        guard let login = browserLogin, accounts[login] != nil else {
            let words = "The user has denied your application access."
            return back(to: redirect, call, [("error", "access_denied"), ("error_description", words)])
        }
        let code = String(UUID().uuidString.replacing("-", with: "").lowercased().prefix(20))
        oauthCodes[code] = OAuthCode(
            clientID: app.clientID, login: login, redirect: redirect, challenge: challenge,
            expiresAt: Date().addingTimeInterval(600))
        return back(to: redirect, call, [("code", code)])
    }

    private func back(to address: String, _ call: RESTCall, _ items: [(String, String)]) -> RESTAnswer {
        let items = items + (call.query("state").map { [("state", $0)] } ?? [])
        let separator = address.contains("?") ? "&" : "?"
        let location = address + separator + Self.form(items)
        return RESTAnswer(
            status: 302, html: "<html><body>You are being redirected.</body></html>",
            headers: [HeaderLine(name: "Location", value: location)])
    }

    /// Errors come with the status 200, and everything as a form unless JSON is asked for.
    private func exchange(_ call: RESTCall) -> RESTAnswer {
        let fields = RESTCall.parse(query: String(decoding: call.bytes, as: UTF8.self))
        func field(_ name: String) -> String? { fields.last { $0.name == name }?.value ?? call.query(name) }
        let answer: [(String, String)]
        if let app = oauthApps[field("client_id") ?? ""] {
            answer = token(field, of: app)
        } else {
            return RESTAnswer(status: 404, body: ["error": "Not Found"])
        }
        guard call.headers["accept"]?.contains("json") == true else {
            return RESTAnswer(plain: Self.form(answer))
        }
        return RESTAnswer(body: .object(answer.map { JSON.Member(name: $0.0, value: .string($0.1)) }))
    }

    private func token(_ field: (String) -> String?, of app: OAuthApp) -> [(String, String)] {
        func refusal(_ error: String, _ words: String) -> [(String, String)] {
            [("error", error), ("error_description", words), ("error_uri", "https://docs.github.com/apps")]
        }
        guard field("client_secret") == app.secret else {
            return refusal(
                "incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.")
        }
        // Taken out whatever comes of it: a code that was shown once is worth nothing any more.
        let code = oauthCodes.removeValue(forKey: field("code") ?? "")
        guard let code, code.clientID == app.clientID, code.expiresAt > Date() else {
            return refusal("bad_verification_code", "The code passed is incorrect or expired.")
        }
        if let redirect = field("redirect_uri"), redirect != code.redirect {
            return refusal(
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.")
        }
        if let challenge = code.challenge {
            let verifier = field("code_verifier") ?? ""
            guard Base64URL.encode(SHA256.hash(Array(verifier.utf8))) == challenge else {
                return refusal("bad_verification_code", "The code passed is incorrect or expired.")
            }
        }
        let token = "gho_" + UUID().uuidString.replacing("-", with: "")
        tokens[token] = code.login
        // No scope was asked for: the token shows who it is, and what everybody may see.
        publicTokens.insert(token)
        return [("access_token", token), ("scope", ""), ("token_type", "bearer")]
    }

    private static func form(_ items: [(String, String)]) -> String {
        let allowed = CharacterSet.alphanumerics.union(.init(charactersIn: "-._~"))
        return items.map { "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")" }
            .joined(separator: "&")
    }
}
