/// What all requests of one client share.
public struct CurlOptions: Sendable {
    /// The `User-Agent` of every request that brings none of its own; empty sends none.
    public var userAgent: String
    /// A PEM file of the certificate authorities to trust in place of the system's.
    public var caFile: String?
    /// How many connections may be open to one host; further requests wait. `nil` for as many as there are requests.
    ///
    /// - Important: A stream holds its connection until it ends, so a bound can make requests wait for each other.
    public var maximumConnectionsPerHost: Int?
    /// Whether `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` are heeded. Unix sockets never go through a proxy.
    public var usesEnvironmentProxy: Bool

    /// Options with sensible defaults.
    public init(
        userAgent: String = "kozmic", caFile: String? = nil, maximumConnectionsPerHost: Int? = nil,
        usesEnvironmentProxy: Bool = true
    ) {
        self.userAgent = userAgent
        self.caFile = caFile
        self.maximumConnectionsPerHost = maximumConnectionsPerHost
        self.usesEnvironmentProxy = usesEnvironmentProxy
    }
}
