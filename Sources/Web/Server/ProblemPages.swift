import HTTPTypes
import Hummingbird
import Logging

/// Errors as pages: what happened in words, and nothing about the inside of the server.
struct ProblemPages: RouterMiddleware {
    typealias Context = BasicRequestContext

    var renderer: PageRenderer
    var logger: Logger

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return page(error.status)
        } catch is CancellationError {
            return page(.serviceUnavailable)
        } catch {
            logger.error("a request failed: \(error)", metadata: ["path": "\(request.uri.path)"])
            return page(.internalServerError)
        }
    }

    private func page(_ status: HTTPResponse.Status) -> Response {
        let (heading, explanation) =
            switch status.code {
            case 404: ("Not found", "There is no such page, or you may not see it.")
            case 400...499: (status.reasonPhrase, "The request could not be understood.")
            case 503: ("In a moment", "The server is starting or stopping. Try again in a moment.")
            default: ("Something went wrong", "The server's log says what. Trying again may help.")
            }
        return renderer.page(
            "problem", Page(title: heading, values: ["heading": heading, "explanation": explanation]), status: status)
    }
}
