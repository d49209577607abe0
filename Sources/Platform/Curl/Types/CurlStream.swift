/// A response whose headers have come, and whose body is still on its way.
public struct CurlStream: Sendable {
    /// The status code.
    public let status: Int
    /// The headers; trailers are not among them.
    public let headers: CurlHeaders
    /// The body. Dropping it ends the transfer.
    public let body: CurlBodySequence
}
