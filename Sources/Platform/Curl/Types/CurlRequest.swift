/// An HTTP request.
public struct CurlRequest: Sendable {
    /// The method.
    public var method: String
    /// An `http` or `https` URL, sent as it is written.
    public var url: String
    /// Headers beside those that follow from the body (`Content-Length`, `Transfer-Encoding`), which cannot be set.
    public var headers: [CurlHeader]
    /// What is sent.
    public var body: CurlBody
    /// The path of a Unix socket to connect to in place of the URL's host.
    public var unixSocket: String?
    /// How long it may take.
    public var timeouts: CurlTimeouts
    /// The largest body that `CurlClient.send` accepts; streams have no limit.
    public var bodyLimit: Int
    /// Whether redirects of a `GET` or `HEAD` are followed, at most ten and from https to https only. Another host sees
    /// neither `Authorization` nor `Cookie`, but all other headers. Other methods get the redirect as their response.
    public var followsRedirects: Bool
    /// Whether a new connection is made for it. One that was kept may turn out to be closed, and then the request is sent
    /// a second time over another one: not good for what must not be done twice.
    public var needsFreshConnection: Bool

    /// A request; the defaults make a small `GET`.
    public init(
        method: String = "GET", url: String, headers: [CurlHeader] = [], body: CurlBody = .none,
        unixSocket: String? = nil, timeouts: CurlTimeouts = CurlTimeouts(), bodyLimit: Int = 8 << 20,
        followsRedirects: Bool = false, needsFreshConnection: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.unixSocket = unixSocket
        self.timeouts = timeouts
        self.bodyLimit = bodyLimit
        self.followsRedirects = followsRedirects
        self.needsFreshConnection = needsFreshConnection
    }
}
