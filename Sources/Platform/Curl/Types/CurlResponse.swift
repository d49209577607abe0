/// A response with all of its body.
public struct CurlResponse: Sendable, Hashable {
    /// The status code.
    public var status: Int
    /// The headers; trailers are not among them.
    public var headers: CurlHeaders
    /// The body as it was sent: nothing is asked for, or unpacked, in a compressed form.
    public var body: [UInt8]

    /// A response.
    public init(status: Int, headers: CurlHeaders = CurlHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
