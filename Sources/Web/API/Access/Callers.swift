import Foundation
import GitHub
import HTTPTypes
import Hummingbird
import Model
import OpenSSL
import Store

/// Requests of the API → people: a GitHub token in the header, or else a browser's session.
struct Callers: Sendable {
    var sessions: Sessions
    var tokens: TokenAccounts

    /// Who sent the request. A token that is sent counts, whatever cookie comes along.
    ///
    /// - Parameters:
    ///   - takesPasswords: whether the token may also come as the password of basic authentication.
    ///   - introduce: called before GitHub is asked about a token that is not known yet; what it throws is thrown.
    /// - Throws: `APIProblem`: 401 for a token that GitHub does not know, 503 when GitHub cannot be asked.
    func viewer(
        of request: Request, takesPasswords: Bool = false, introduce: @Sendable () throws(APIProblem) -> Void = {}
    ) async throws -> Viewer {
        guard let header = request.headers[.authorization] else { return await sessions.viewer(of: request) }
        let account = try await tokens.account(Self.token(header, takesPasswords), introduce: introduce)
        let session = try await sessions.store.caller(
            personID: account.id, login: account.login, name: account.name,
            adminRepository: sessions.configuration.adminRepository)
        // No form has this token: forms are a browser's.
        return .person(
            Viewer.Person(session: session, formToken: Base64URL.encode(RandomBytes.make(32)), isByToken: true))
    }

    /// `Bearer ghp_…`; GitHub's own `token ghp_…` as well.
    private static func token(_ header: String, _ takesPasswords: Bool) throws(APIProblem) -> String {
        let words = header.split(separator: " ")
        let token: String? =
            switch words.first?.lowercased() {
            case _ where words.count != 2: nil
            case "bearer", "token": String(words[1])
            case "basic" where takesPasswords: password(words[1])
            default: nil
            }
        guard let token, (1...255).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw APIProblem(
                .unauthorized, "unauthorized", "The Authorization header holds no token.",
                wayOut: APIProblem.howToSignIn)
        }
        return token
    }

    /// Whether a header is one of basic authentication.
    static func isBasic(_ header: String) -> Bool {
        header.prefix(6).lowercased() == "basic " || header.lowercased() == "basic"
    }

    /// Whether the password of basic authentication looks like a token of GitHub's: `ghp_…` and its kin, `github_pat_…`, or
    /// 40 hexadecimal digits as of old.
    static func holdsGitHubToken(_ header: String) -> Bool {
        let words = header.split(separator: " ")
        guard words.count == 2, let password = password(words[1]) else { return false }
        let kinds = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"]
        return kinds.contains { password.hasPrefix($0) }
            || password.utf8.count == 40 && password.allSatisfy(\.isHexDigit)
    }

    /// Of `name:password` in Base64; the name says nothing that the token does not say.
    private static func password(_ text: Substring) -> String? {
        guard text.utf8.count <= 1024, let data = Data(base64Encoded: String(text)) else { return nil }
        let pair = String(decoding: data, as: UTF8.self)
        return pair.firstIndex(of: ":").map { String(pair[pair.index(after: $0)...]) }
    }
}
