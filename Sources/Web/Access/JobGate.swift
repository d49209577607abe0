import Hummingbird

/// Turns jobs away: a script that runs here has no business with its own controller, and could ask for anything that
/// those on the inside may see.
struct JobGate: RouterMiddleware {
    typealias Context = WebContext

    /// Whether an address is a running job's.
    var isJob: @Sendable (String) async -> Bool
    /// A job that comes by way of a proxy is one as well.
    var proxies: TrustedProxies

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let peer = context.address ?? "unknown"
        let caller = proxies.caller(request, context)
        var isRefused = await isJob(peer)
        if !isRefused, caller != peer { isRefused = await isJob(caller) }
        if isRefused {
            return Response(status: .forbidden, body: .init(byteBuffer: .init(string: WebConfiguration.jobRefusal)))
        }
        return try await next(request, context)
    }
}
