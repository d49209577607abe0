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
    /// - Parameter introduce: called before GitHub is asked about a token that is not known yet; what it throws is thrown.
    /// - Throws: `APIProblem`: 401 for a token that GitHub does not know, 503 when GitHub cannot be asked.
    func viewer(
        of request: Request, introduce: @Sendable () throws(APIProblem) -> Void = {}
    ) async throws -> Viewer {
        guard let header = request.headers[.authorization] else { return await sessions.viewer(of: request) }
        let account = try await tokens.account(Self.token(header), introduce: introduce)
        let session = try await sessions.store.caller(
            personID: account.id, login: account.login, name: account.name,
            adminRepository: sessions.configuration.adminRepository)
        // No form has this token: forms are a browser's.
        return .person(
            Viewer.Person(session: session, formToken: Base64URL.encode(RandomBytes.make(32)), isByToken: true))
    }

    /// `Bearer ghp_…`; GitHub's own `token ghp_…` as well.
    private static func token(_ header: String) throws(APIProblem) -> String {
        let words = header.split(separator: " ")
        guard words.count == 2, ["bearer", "token"].contains(words[0].lowercased()),
            (1...255).contains(words[1].utf8.count), words[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw APIProblem(
                .unauthorized, "unauthorized", "The Authorization header holds no token.",
                wayOut: APIProblem.howToSignIn)
        }
        return String(words[1])
    }
}
