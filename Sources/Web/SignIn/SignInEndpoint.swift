import GitHub
import HTTPTypes
import Hummingbird
import Logging
import Model
import OpenSSL
import Store
import Synchronization

/// `GET /_login`, `GET /_auth/callback`, `POST /_logout`: sign-in with GitHub.
struct SignInEndpoint: Sendable {
    var store: Store
    var sessions: Sessions
    var configuration: WebConfiguration
    var renderer: PageRenderer
    var logger: Logger
    private let underWay = Counter()

    private static let cookie = "kozmic-login"
    /// Sign-ins that ask GitHub at the same time; more are asked to come back.
    private static let maximum = 32

    private final class Counter: Sendable { let count = Mutex(0) }

    /// Why a sign-in did not succeed.
    private struct Failure: Error {
        var status: HTTPResponse.Status
        var words: String
    }

    init(
        store: Store, sessions: Sessions, configuration: WebConfiguration, renderer: PageRenderer, logger: Logger
    ) {
        self.store = store
        self.sessions = sessions
        self.configuration = configuration
        self.renderer = renderer
        self.logger = logger
    }

    func add(to router: Router<WebContext>) {
        router.post("_logout") { request, context in
            let fields = try await Forms.fields(request, context)
            guard let session = context.viewer.person?.session else { throw HTTPError(.forbidden) }
            if fields["everywhere"] == "yes" {
                try await store.endSessions(ofPerson: session.personID)
            } else {
                try await store.endSession(session.hash)
            }
            return Forms.goOn(to: "/", cookies: [sessions.end])
        }
        guard let oauth = configuration.signIn else { return }
        router.get("_login") { request, context in try begin(request, context, oauth) }
        router.get("_auth/callback") { request, context in
            do throws(Failure) {
                return try await end(request, oauth)
            } catch {
                return await page(error, context)
            }
        }
    }

    private var redirectURL: String { "\(configuration.externalURL)/_auth/callback" }

    private func begin(_ request: Request, _ context: WebContext, _ oauth: GitHubOAuth) throws -> Response {
        let wanted = request.uri.queryParameters["return"].map(String.init)
        let target =
            wanted.map { LocalAddress($0) }
            ?? LocalAddress(
                referer: request.headers[.referer], externalURL: configuration.externalURL,
                host: request.head.authority)
        guard context.viewer.person == nil else { return Forms.goOn(to: target.path) }
        let attempt = SignInAttempt(target: target, now: store.time)
        let cookie = sessions.cookies.header(
            Self.cookie, try attempt.sealed(configuration.secretKey), seconds: SignInAttempt.lifetime)
        return Forms.goOn(
            to: oauth.authorizationURL(state: attempt.state, verifier: attempt.verifier, redirectURL: redirectURL),
            cookies: [cookie])
    }

    private func end(_ request: Request, _ oauth: GitHubOAuth) async throws(Failure) -> Response {
        let query = request.uri.queryParameters
        let sealed = sessions.cookies.value(Self.cookie, in: request)
        guard let attempt = SignInAttempt(sealed: sealed, key: configuration.secretKey, now: store.time),
            let state = query["state"], ConstantTime.equal(Array(state.utf8), Array(attempt.state.utf8))
        else {
            throw Failure(
                status: .badRequest,
                words: "This sign-in is not known here: it was begun in another browser, has taken more than ten "
                    + "minutes, or another one was begun after it.")
        }
        if query["error"] != nil {
            throw Failure(
                status: .forbidden,
                words: "GitHub did not confirm who you are, because the request was declined or the app that is "
                    + "registered there does not fit this server.")
        }
        guard let code = query["code"], (1...200).contains(code.utf8.count) else {
            throw Failure(status: .badRequest, words: "GitHub sent no code along.")
        }
        let person = try await person(String(code), attempt, oauth)
        do {
            let cookie = try await sessions.begin(person)
            // Who was given a role a moment ago should not have to wait for the next pass.
            try await store.wantRoles(olderThan: 60)
            let forget = sessions.cookies.header(Self.cookie, "", seconds: 0)
            return Forms.goOn(to: LocalAddress(attempt.target).path, cookies: [cookie, forget])
        } catch {
            logger.error("a session could not be stored: \(error)")
            throw Failure(status: .internalServerError, words: "The session could not be stored.")
        }
    }

    /// Asks GitHub who it is.
    private func person(
        _ code: String, _ attempt: SignInAttempt, _ oauth: GitHubOAuth
    ) async throws(Failure) -> PersonRecord {
        let isFree = underWay.count.withLock { count in
            guard count < Self.maximum else { return false }
            count += 1
            return true
        }
        guard isFree else {
            throw Failure(status: .serviceUnavailable, words: "Many people are signing in just now.")
        }
        defer { underWay.count.withLock { $0 -= 1 } }
        do {
            let token = try await oauth.token(code: code, verifier: attempt.verifier, redirectURL: redirectURL)
            let account = try await oauth.account(token)
            return PersonRecord(
                id: account.id, login: account.login, name: account.name,
                sealedToken: try SignInToken.seal(
                    token.reveal(), person: account.id, key: configuration.secretKey), checkedAt: store.time)
        } catch let error as GitHubError where error.kind == .forbidden {
            // The code was used or is too old; or our own secret is wrong, which the log has to tell.
            logger.warning("GitHub refused a sign-in: \(error.message)")
            throw Failure(status: .forbidden, words: "GitHub did not accept the code that it had sent along.")
        } catch {
            logger.warning("a sign-in failed: \(error)")
            throw Failure(status: .badGateway, words: "GitHub could not be asked who you are.")
        }
    }

    private func page(_ failure: Failure, _ context: WebContext) async -> Response {
        await renderer.page(
            "problem",
            Page(
                title: "Not signed in",
                values: [
                    "heading": "Not signed in", "explanation": failure.words, "code": nil,
                    "retryURL": "/_login", "retryText": "Sign in again",
                ]), for: context.viewer, status: failure.status)
    }
}
