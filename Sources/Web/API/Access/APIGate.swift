import HTTPTypes
import Hummingbird
import Logging
import Store

/// Stands before everything of the API: finds out who asks, keeps them to the rate limit, and gives errors their shape.
struct APIGate: RouterMiddleware {
    typealias Context = WebContext

    var callers: Callers
    var limits: CallLimits
    var proxies: TrustedProxies
    var logger: Logger

    /// Whether an address is the API's. The router takes several slashes for one, and so does this.
    static func covers(_ request: Request) -> Bool {
        // Every request comes by here, more than once.
        let path = request.uri.path.utf8.drop { $0 == UInt8(ascii: "/") }
        guard path.starts(with: "_api".utf8) else { return false }
        let next = path.dropFirst(4).first
        return next == nil || next == UInt8(ascii: "/")
    }

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard Self.covers(request) else { return try await next(request, context) }
        do {
            let address = proxies.caller(request, context)
            var context = context
            context.viewer = try await callers.viewer(of: request) { () throws(APIProblem) in
                try limits.takeIntroduction(address)
            }
            try limits.take(context.viewer, at: address)
            return try await next(request, context)
        } catch let problem as APIProblem {
            return problem.response
        } catch let error as HTTPError {
            return APIProblem(error).response
        } catch StoreError.conflict(let why) {
            return APIProblem(.conflict, "conflict", why, wayOut: "Look again, then decide anew.").response
        } catch StoreError.notFound {
            return APIProblem(HTTPError(.notFound)).response
        } catch is CancellationError {
            return APIProblem(HTTPError(.serviceUnavailable)).response
        } catch {
            logger.error("a request of the API failed: \(error)", metadata: ["path": "\(request.uri.path)"])
            return APIProblem(
                .internalServerError, "internal", "Something went wrong in the server.",
                wayOut: "The server's log says what; trying again may help."
            ).response
        }
    }
}

extension TrustedProxies {
    /// Whose requests are counted together.
    func caller(_ request: Request, _ context: WebContext) -> String {
        caller(peer: context.address ?? "unknown", forwarded: request.headers[values: .forwardedFor])
    }
}
