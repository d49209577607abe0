import Hummingbird

/// Turns jobs away: a script that runs here has no business with its own controller, and could ask for anything that
/// those on the inside may see.
struct JobGate: RouterMiddleware {
    typealias Context = WebContext

    /// Whether an address is a running job's.
    var isJob: @Sendable (String) async -> Bool

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let address = context.address, await isJob(address) {
            return Response(status: .forbidden, body: .init(byteBuffer: .init(string: "Jobs are not served here.\n")))
        }
        return try await next(request, context)
    }
}
