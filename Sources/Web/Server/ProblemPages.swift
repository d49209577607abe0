import HTTPTypes
import Hummingbird
import Logging

/// Errors as pages: what happened in words, and nothing about the inside of the server.
struct ProblemPages: RouterMiddleware {
    typealias Context = WebContext

    var renderer: PageRenderer
    var canSignIn: Bool
    var logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // Programs get theirs from `APIGate`.
        if APIGate.covers(request) { return try await next(request, context) }
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return await page(error.status, context, message: error.status == .gone ? error.body : nil)
        } catch is CancellationError {
            return await page(.serviceUnavailable, context)
        } catch {
            logger.error("a request failed: \(error)", metadata: ["path": "\(request.uri.path)"])
            return await page(.internalServerError, context)
        }
    }

    private func page(_ status: HTTPResponse.Status, _ context: WebContext, message: String? = nil) async -> Response {
        let (heading, explanation) =
            switch status.code {
            case 410: ("Gone", message ?? "What was here was removed.")
            case 403:
                ("Not allowed", "You may not do this, or the page was open for too long: reload it and try again.")
            case 404: ("Nothing here", "There is no such page, or you may not see it.")
            case 409: ("Changed meanwhile", "Things are not as the page showed them: reload it and try again.")
            case 400...499: (status.reasonPhrase, "The request could not be understood.")
            case 503: ("In a moment", "The server is starting or stopping. Try again in a moment.")
            default: ("Something went wrong", "The server's log says what. Trying again may help.")
            }
        return await renderer.page(
            "problem",
            Page(
                title: heading,
                values: [
                    "heading": heading, "explanation": explanation, "code": Int(status.code),
                    "retryURL": status == .notFound && canSignIn && context.viewer.person == nil ? "/_login" : nil,
                    "retryText": "Sign in",
                ]),
            for: context.viewer,
            status: status)
    }
}
