import Foundation

/// Why GitHub did not do what it was asked for.
public struct GitHubError: Error, Sendable, CustomStringConvertible {
    /// What it is, for deciding what to do.
    public enum Kind: Sendable, Hashable {
        /// No answer: the network, TLS, a timeout.
        case transport
        /// 401: the token is not valid (any more).
        case unauthorized
        /// 403: the token may not do this.
        case forbidden
        /// The app is not installed for the owner, or its installation is suspended.
        case notInstalled
        /// 404: there is no such thing, or the token may not see it. GitHub does not tell which.
        case notFound
        /// 422: GitHub understood and refuses. It does not mean that something exists already: read the fields.
        case validation([GitHubFieldError])
        /// The hour's quota is used up.
        case rateLimited(until: Date)
        /// Too many requests in a short time.
        case secondaryLimit(retryAfter: Duration)
        /// Not sent, to stay below GitHub's limits: there is room for it then.
        case paced(until: Date)
        /// 5xx.
        case server(Int)
        /// Any other status.
        case http(Int)
        /// The answer is not what the API's description says.
        case decoding
        /// The answer is longer than the client reads.
        case tooLarge
        /// The request was not sent because it makes no sense.
        case invalidRequest
        /// The task was cancelled.
        case cancelled
    }

    /// What it is.
    public var kind: Kind
    /// GitHub's own words, with those about the single fields; one line of bounded length.
    public var message: String
    /// The page of GitHub's documentation that the answer named.
    public var documentationURL: String?
    /// Method and path of the request.
    public var request: String?
    /// Whether it is certain that GitHub never saw the request.
    public var wasNeverSent: Bool
    /// Whether GitHub itself said how long to wait.
    var isWaitGiven = false

    /// Memberwise.
    public init(
        kind: Kind, message: String, documentationURL: String? = nil, request: String? = nil,
        wasNeverSent: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.documentationURL = documentationURL
        self.request = request
        self.wasNeverSent = wasNeverSent
    }

    /// Whether the same request may succeed later without anybody doing anything.
    public var isTransient: Bool {
        switch kind {
        case .transport, .rateLimited, .secondaryLimit, .paced, .server, .cancelled: true
        default: false
        }
    }

    /// Whether GitHub may have carried the request out although there is this error.
    public var leavesOutcomeOpen: Bool {
        switch kind {
        case .transport, .cancelled: !wasNeverSent
        case .server, .decoding, .tooLarge: true
        default: false
        }
    }

    public var description: String { request.map { "\($0): \(message)" } ?? message }
}
