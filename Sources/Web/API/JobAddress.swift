import Hummingbird

/// The places that a job's log has: on the pages and in the API, where it is the same.
enum JobAddress {
    static let page = "{owner}/{repo}/builds/{number}/jobs/{hook}"
    static let api = "_api/v1/projects/\(page)"
}

/// Keeps callers of what is dear at an address of the pages to the rate of the API, which has the same there.
struct PageLimits: Sendable {
    var calls: CallLimits
    var proxies: TrustedProxies

    /// Whose requests are counted together.
    func caller(_ request: Request, _ context: WebContext) -> String {
        CallLimits.caller(context.viewer, at: proxies.caller(request, context))
    }

    func take(_ request: Request, _ context: WebContext) throws(APIProblem) {
        try calls.take(context.viewer, at: proxies.caller(request, context))
    }
}

extension Router<WebContext> {
    /// One answer at two places.
    ///
    /// - Parameter limits: for the first one; the API's gate has counted the other.
    func get(
        _ place: String, _ path: String, and other: String, _ limits: PageLimits? = nil,
        use handler: @escaping @Sendable (Request, WebContext) async throws -> Response
    ) {
        get("\(place)/\(path)") { request, context in
            do {
                try limits?.take(request, context)
                return try await handler(request, context)
            } catch let problem as APIProblem {
                return problem.response
            }
        }
        get("\(other)/\(path)") { try await handler($0, $1) }
    }
}
