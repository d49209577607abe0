import HTTPTypes
import Hummingbird

/// For what programs read beside the API, feeds and badges: a feed reader keeps no cookie, but knows a name and a password.
struct TokenReaders: Sendable {
    var admission: Admission

    /// Answers who sent a token as its person, and everybody else as whom the cookie says. What a proxy in front asks for by
    /// the same header is none of ours: a password that is no token of GitHub's is not shown to GitHub.
    ///
    /// The token may be the password of HTTP's basic authentication. Only here: a browser remembers a password and sends it
    /// whenever another site makes it ask, which must not be enough to change anything.
    func answer(
        _ request: Request, _ context: WebContext, _ body: (WebContext) async throws -> Response
    ) async throws -> Response {
        guard holdsToken(request) else { return try await body(context) }
        let admitted: WebContext
        do {
            admitted = try await admission.admit(request, context, takesPasswords: true)
        } catch let problem as APIProblem {
            return Self.refusal(problem)
        }
        return try await body(admitted)
    }

    /// What a stranger gets in place of 404, whether it is hidden or does not exist: most readers send a password only when
    /// they are asked for one. `nil` when that would be of no use.
    func question(_ request: Request, _ context: WebContext) -> Response? {
        guard context.viewer.person == nil, admission.takesTokens, !holdsToken(request) else {
            return nil
        }
        return Self.refusal(
            APIProblem(
                .unauthorized, "unauthorized", "There is no such feed for everybody.",
                wayOut: "Send any name, and a GitHub token of yours as the password."))
    }

    private func holdsToken(_ request: Request) -> Bool {
        guard admission.takesTokens, let header = request.headers[.authorization] else { return false }
        return !Callers.isBasic(header) || Callers.holdsGitHubToken(header)
    }

    private static func refusal(_ problem: APIProblem) -> Response {
        var response = problem.response
        if problem.status == .unauthorized { response.headers[.wwwAuthenticate] = "Basic realm=\"kozmic\"" }
        return response
    }
}
