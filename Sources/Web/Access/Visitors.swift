import Hummingbird

/// Finds out who asks, before anything else looks at the request.
struct Visitors: RouterMiddleware {
    typealias Context = WebContext

    var sessions: Sessions

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.viewer = await sessions.viewer(of: request)
        return try await next(request, context)
    }
}
