import Hummingbird

/// Finds out who asks, before anything else looks at the request. Who asks the API is `APIGate`'s business.
struct Visitors: RouterMiddleware {
    typealias Context = WebContext

    var sessions: Sessions

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        if APIGate.covers(request) { return try await next(request, context) }
        var context = context
        context.viewer = await sessions.viewer(of: request)
        return try await next(request, context)
    }
}
