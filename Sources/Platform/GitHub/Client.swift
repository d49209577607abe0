import Curl
import Logging

/// GitHub's REST API, as one account sees it.
///
/// Every method is one request, or one list read to its end. Copies share the cache, the rate limit and the
/// connections. Endpoints are in `Endpoints/`, what they give back in `Types/`.
///
/// What a request may meet on its way is dealt with here: redirects of renamed repositories, pages, answers that did
/// not change since the last time, passing troubles of the network and of GitHub (for requests that may be repeated).
/// Requests are kept below GitHub's documented limits; those of a higher priority go first, and short waits happen here.
/// A limit that is longer, or that GitHub speaks of, is not waited for: the error says until when, and requests before
/// that are refused without asking GitHub.
public struct GitHubClient: Sendable {
    /// Where the API is, without a slash at the end.
    public let apiURL: String
    /// Of `apiURL`.
    let origin: Origin?
    let identity: any Identity
    /// The app itself, when the client is one.
    let appClient: AppClient?
    let curl: CurlClient
    let options: GitHubOptions
    let logger: Logger
    let cache: AnswerCache
    private(set) var priority = GitHubPriority.change

    /// - Parameters:
    ///   - apiURL: `https://api.github.com`, or `https://<host>/api/v3` of an enterprise server.
    ///   - token: sent to that host only; an empty one makes anonymous requests.
    public init(
        apiURL: String, token: GitHubToken, curl: CurlClient, options: GitHubOptions = GitHubOptions(),
        logger: Logger = Logger(label: "kozmic.github")
    ) {
        self.init(apiURL: apiURL, tokens: GitHubTokenSource(token), curl: curl, options: options, logger: logger)
    }

    /// The same with a token that may be replaced.
    public init(
        apiURL: String, tokens: GitHubTokenSource, curl: CurlClient, options: GitHubOptions = GitHubOptions(),
        logger: Logger = Logger(label: "kozmic.github")
    ) {
        self.init(apiURL, TokenIdentity(tokens: tokens, options: options), nil, curl, options, logger)
    }

    /// A client that is a GitHub App: every request carries a token of the installation of the repository's owner.
    ///
    /// - Parameters:
    ///   - apiURL: as for a token.
    ///   - app: what signs; its key stays here.
    public init(
        apiURL: String, app: GitHubApp, curl: CurlClient, options: GitHubOptions = GitHubOptions(),
        logger: Logger = Logger(label: "kozmic.github")
    ) {
        let itself = GitHubClient(
            apiURL, AppIdentity(app: app, options: options), nil, curl, options, logger)
        self.init(
            apiURL, InstallationIdentity(client: itself, app: app), AppClient(client: itself), curl, options, logger)
    }

    private init(
        _ apiURL: String, _ identity: any Identity, _ appClient: AppClient?, _ curl: CurlClient,
        _ options: GitHubOptions, _ logger: Logger
    ) {
        var url = apiURL[...]
        while url.last == "/" { url.removeLast() }
        self.apiURL = String(url)
        origin = Origin(self.apiURL)
        self.identity = identity
        self.appClient = appClient
        self.curl = curl
        self.options = options
        self.logger = logger
        cache = AnswerCache(byteLimit: options.cacheLimit)
    }

    /// The same client, whose requests go before or after others.
    public func with(priority: GitHubPriority) -> GitHubClient {
        var client = self
        client.priority = priority
        return client
    }

    /// What GitHub still lets us ask, as far as answers said so.
    public func quotas() -> [GitHubQuota] { identity.quotas() }
}

/// Breaks the circle of a client that holds a client.
final class AppClient: Sendable {
    let client: GitHubClient

    init(client: GitHubClient) { self.client = client }
}
