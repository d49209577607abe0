import Curl
import Foundation
import OpenSSL

/// The sign-in of people with their GitHub accounts: OAuth's web flow, with a state and with PKCE (S256).
///
/// No scope is asked for, so the token that comes out of it says who somebody is and opens nothing that is not public.
public struct GitHubOAuth: Sendable {
    private let gitHubURL: String
    private let client: GitHubClient
    private let clientID: String
    private let clientSecret: GitHubSecret

    /// - Parameters:
    ///   - gitHubURL: where GitHub serves pages, without a slash at the end.
    ///   - client: for GitHub's API; its own token is not used.
    ///   - clientID: of the OAuth app, or of the GitHub App.
    public init(gitHubURL: String, client: GitHubClient, clientID: String, clientSecret: GitHubSecret) {
        self.gitHubURL = gitHubURL
        self.client = client
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// Where the browser is sent.
    ///
    /// - Parameters:
    ///   - state: comes back with the browser; nobody else may know it.
    ///   - verifier: kept secret until `token` sends it; only its hash is in the address.
    ///   - redirectURL: where the browser is sent afterwards, below the address that the app is registered with.
    public func authorizationURL(state: String, verifier: String, redirectURL: String) -> String {
        let challenge = Base64URL.encode(SHA256.hash(Array(verifier.utf8)))
        let query = [
            ("client_id", clientID), ("redirect_uri", redirectURL), ("state", state), ("allow_signup", "false"),
            ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ]
        return "\(gitHubURL)/login/oauth/authorize?" + Self.form(query)
    }

    /// `POST /login/oauth/access_token`: the token for the code that the browser brought. A code works once.
    ///
    /// - Throws: `forbidden` with GitHub's words when it refuses the code, else what the network or GitHub did.
    public func token(code: String, verifier: String, redirectURL: String) async throws(GitHubError) -> GitHubToken {
        let name = "POST /login/oauth/access_token"
        let body = Self.form([
            ("client_id", clientID), ("client_secret", clientSecret.value), ("code", code),
            ("redirect_uri", redirectURL), ("code_verifier", verifier),
        ])
        let response: CurlResponse
        do {
            var headers = [
                CurlHeader(name: "Accept", value: "application/json"),
                CurlHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
            ]
            if let agent = client.options.userAgent { headers.append(CurlHeader(name: "User-Agent", value: agent)) }
            response = try await client.curl.send(
                CurlRequest(
                    method: "POST", url: "\(gitHubURL)/login/oauth/access_token", headers: headers,
                    body: .bytes(Array(body.utf8)), timeouts: client.options.timeouts, bodyLimit: 1 << 16))
        } catch {
            throw GitHubError(kind: .transport, message: Printable.line(error.message, limit: 300), request: name)
        }
        // A refusal comes with the status 200 as well.
        guard response.status == 200,
            let answer = try? JSONDecoder().decode(TokenAnswer.self, from: Data(response.body))
        else {
            let kind: GitHubError.Kind = response.status >= 500 ? .server(response.status) : .http(response.status)
            throw GitHubError(
                kind: kind, message: "GitHub answered \(response.status) to a sign-in", request: name)
        }
        guard let token = answer.accessToken, !token.isEmpty else {
            let words = answer.errorDescription ?? answer.error ?? "no token came back"
            throw GitHubError(kind: .forbidden, message: Printable.line(words, limit: 300), request: name)
        }
        return GitHubToken(token)
    }

    /// `GET /user`: whose token it is.
    public func account(_ token: GitHubToken) async throws(GitHubError) -> GitHubAccount {
        try await client.asking(with: token).user()
    }

    private struct TokenAnswer: Decodable {
        var accessToken: String?
        var error: String?
        var errorDescription: String?

        private enum CodingKeys: String, CodingKey {
            case error
            case accessToken = "access_token"
            case errorDescription = "error_description"
        }
    }

    private static func form(_ items: [(String, String)]) -> String {
        items.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
    }
}
