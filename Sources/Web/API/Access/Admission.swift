import HTTPTypes
import Hummingbird
import Store

/// Finds out whose request it is, and keeps everybody to the rate limit: the same for all that takes tokens.
struct Admission: Sendable {
    var callers: Callers
    var limits: CallLimits
    var proxies: TrustedProxies

    /// Whether a GitHub token says who somebody is.
    var takesTokens: Bool { callers.tokens.takesTokens }

    /// The request's context, with who asks.
    ///
    /// - Parameter takesPasswords: whether the token may come as a password.
    /// - Throws: `APIProblem`: 401, 429 or 503.
    func admit(
        _ request: Request, _ context: WebContext, takesPasswords: Bool = false
    ) async throws -> WebContext {
        let address = proxies.caller(request, context)
        var context = context
        context.viewer = try await callers.viewer(of: request, takesPasswords: takesPasswords) {
            () throws(APIProblem) in
            try limits.takeIntroduction(address)
        }
        try limits.take(context.viewer, at: address)
        return context
    }

    /// Whose requests are counted together.
    func caller(_ request: Request, _ context: WebContext) -> String {
        CallLimits.caller(context.viewer, at: proxies.caller(request, context))
    }

    /// Counts a request whose viewer is known.
    ///
    /// - Throws: 429.
    func take(_ request: Request, _ context: WebContext) throws(APIProblem) {
        try limits.take(context.viewer, at: proxies.caller(request, context))
    }
}

extension TrustedProxies {
    /// Whose requests are counted together.
    func caller(_ request: Request, _ context: WebContext) -> String {
        caller(peer: context.address ?? "unknown", forwarded: request.headers[values: .forwardedFor])
    }
}
