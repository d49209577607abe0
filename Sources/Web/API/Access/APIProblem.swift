import HTTPTypes
import Hummingbird
import Model

/// Why a request of the API was not answered as wished. All errors of the API have this one shape:
///
/// ```
/// {"error":"not_found","message":"There is no such thing, or you may not see it.","wayOut":"Check the name; …"}
/// ```
/// `error` is a word for programs, `message` says what happened, `wayOut` what can be done about it.
package struct APIProblem: Error, Sendable, Codable {
    /// A word for programs.
    package var error: String
    /// What happened, one sentence.
    package var message: String
    /// What can be done about it, one sentence.
    package var wayOut: String
    var status = HTTPResponse.Status.internalServerError
    /// In seconds.
    var retryAfter: Int?

    private enum CodingKeys: String, CodingKey { case error, message, wayOut }

    init(
        _ status: HTTPResponse.Status, _ error: String, _ message: String, wayOut: String, retryAfter: Int? = nil
    ) {
        self.status = status
        self.error = error
        self.message = message
        self.wayOut = wayOut
        self.retryAfter = retryAfter
    }

    /// What the pages answer with their own words.
    init(_ error: HTTPError) {
        switch error.status.code {
        case 401:
            self.init(.unauthorized, "unauthorized", "This needs somebody who is known.", wayOut: Self.howToSignIn)
        case 403:
            self.init(
                .forbidden, "forbidden", "You may not do this.",
                wayOut: "Managers of the project may: those who can push to it on GitHub.")
        case 404 where error.body != nil:
            self.init(
                .notFound, "not_found", error.body ?? "", wayOut: "Check that part of the name; all else was found.")
        case 404:
            self.init(
                .notFound, "not_found", "There is no such thing, or you may not see it.",
                wayOut: "Check the name; if the project is private, send a token of somebody who can see it on GitHub.")
        case 409:
            self.init(
                .conflict, "conflict", "Things are not as you think.", wayOut: "Look again, then decide anew.")
        case 410:
            self.init(
                .gone, "gone", error.body ?? "What was here was removed.",
                wayOut: "It does not come back; retention in the admin repository says how long builds are kept.")
        case 413:
            self.init(
                .contentTooLarge, "too_large", "The request's body is too large.",
                wayOut: "Send at most \(APIBody.limit) bytes.")
        case 405:
            self.init(
                .methodNotAllowed, "method_not_allowed", "This address does not take that method.",
                wayOut: "/_api/v1/openapi.json lists the methods.")
        case 400...499:
            self.init(
                error.status, "bad_request", error.body ?? "The request could not be understood.",
                wayOut: "/_api/v1/openapi.json describes the requests.")
        default:
            self.init(
                error.status, "unavailable", "The server cannot answer now.", wayOut: "Try again in a moment.",
                retryAfter: 2)
        }
    }

    /// Why nothing was built by hand.
    init(_ problem: ManualTriggerProblem) {
        let status: HTTPResponse.Status =
            switch problem.kind {
            case .unknownRef, .untrustedRef, .unknownHook, .secretHook, .noHook: .badRequest
            case .retired: .conflict
            case .unavailable: .serviceUnavailable
            }
        self.init(
            status, problem.kind.rawValue, problem.message, wayOut: problem.wayOut,
            retryAfter: problem.kind == .unavailable ? 5 : nil)
    }

    /// Why no commit is searched for: nothing in the request could be better but the job.
    init(_ problem: BisectionProblem) {
        let isAway = problem.kind == .unavailable
        self.init(
            isAway ? .serviceUnavailable : .conflict, problem.kind.rawValue, problem.message, wayOut: problem.wayOut,
            retryAfter: isAway ? 5 : nil)
    }

    static let howToSignIn = "Send a GitHub token: Authorization: Bearer <token>."

    static func badRequest(_ message: String) -> APIProblem {
        APIProblem(
            .badRequest, "bad_request", message, wayOut: "/_api/v1/openapi.json describes the request.")
    }

    /// As it is sent.
    var response: Response {
        var headers: HTTPFields = [:]
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer realm=\"kozmic\"" }
        return JSONResponse.make(self, status: status, headers: headers)
    }
}
