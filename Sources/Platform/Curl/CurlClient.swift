/// A client for HTTP, over TCP and Unix sockets, and for SMTP. One thread of its own drives all its transfers.
public final class CurlClient: Sendable {
    /// What all requests share.
    let options: CurlOptions

    /// A client, which keeps connections open for the requests to come.
    public init(_ options: CurlOptions = CurlOptions()) {
        self.options = options
    }

    /// The whole response.
    ///
    /// - Throws: `bodyTooLarge` when the body is larger than the request's `bodyLimit`.
    public func send(_ request: CurlRequest) async throws(CurlError) -> CurlResponse {
        throw CurlError(.closed, "")
    }

    /// The response as soon as its headers have come. The request's `bodyLimit` does not count here.
    public func stream(_ request: CurlRequest) async throws(CurlError) -> CurlStream {
        throw CurlError(.closed, "")
    }

    /// Hands a message to a mail server; returns when the server has taken it.
    public func sendMail(_ mail: CurlMail) async throws(CurlError) {
        throw CurlError(.closed, "")
    }

    /// Ends all that is under way with `closed`, and the thread; returns when it has ended. Repeating it does no harm.
    public func close() async {}
}
