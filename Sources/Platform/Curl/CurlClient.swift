import Synchronization

/// A client for HTTP, over TCP and Unix sockets, and for SMTP. One thread of its own drives all its transfers, another
/// one its mails.
///
/// Close it when it is no longer needed. A client that is just dropped ends its threads as well, once the bodies of its
/// streams are dropped too.
public final class CurlClient: Sendable {
    private struct Mail {
        var mailbox: Mailbox?
        var isClosed = false
    }

    private let options: CurlOptions
    private let mailbox: Mailbox
    /// Started with the first mail. Saying goodbye to a mail server blocks inside libcurl, which the other transfers
    /// must not feel.
    private let mail = Mutex(Mail())

    /// A client, which keeps connections open for the requests to come.
    public init(_ options: CurlOptions = CurlOptions()) {
        self.options = options
        mailbox = Driver.start(options)
    }

    deinit {
        mailbox.close()
        mail.withLock { $0.mailbox }?.close()
    }

    /// The whole response.
    ///
    /// - Throws: `bodyTooLarge` when the body is larger than the request's `bodyLimit`.
    public func send(_ request: CurlRequest) async throws(CurlError) -> CurlResponse {
        let stream = try await stream(request, isLarge: false)
        var iterator = stream.body.makeAsyncIterator()
        var body: [UInt8] = []
        while let chunk = try await iterator.next() {
            guard body.count + chunk.count <= request.bodyLimit else {
                throw stream.body.reader.exchange.error(
                    .bodyTooLarge(limit: request.bodyLimit), "the response is larger than \(request.bodyLimit) bytes")
            }
            // Most bodies come in one piece, which then is not copied.
            if body.isEmpty { body = chunk } else { body += chunk }
        }
        return CurlResponse(status: stream.status, headers: stream.headers, body: body)
    }

    /// The response as soon as its headers have come. The request's `bodyLimit` does not count here.
    public func stream(_ request: CurlRequest) async throws(CurlError) -> CurlStream {
        try await stream(request, isLarge: true)
    }

    private func stream(_ request: CurlRequest, isLarge: Bool) async throws(CurlError) -> CurlStream {
        let reader = try BodyReader(Exchange.http(request, isStream: isLarge), mailbox, of: self)
        let head = try await reader.head()
        return CurlStream(status: head.status, headers: head.headers, body: CurlBodySequence(reader: reader))
    }

    /// Hands a message to a mail server; returns when the server has taken it.
    public func sendMail(_ mail: CurlMail) async throws(CurlError) {
        _ = try await BodyReader(Exchange.mail(mail), mailboxForMail(), of: self).head()
    }

    /// Ends all that is under way with `closed`, and the threads; returns when they have ended. Repeating it does no
    /// harm.
    public func close() async {
        let forMail = mail.withLock { mail in
            mail.isClosed = true
            return mail.mailbox
        }
        for mailbox in [mailbox, forMail] { mailbox?.close() }
        for mailbox in [mailbox, forMail] { await mailbox?.waitUntilEnded() }
    }

    private func mailboxForMail() -> Mailbox {
        mail.withLock { mail in
            if mail.isClosed { return mailbox }
            let found = mail.mailbox ?? Driver.start(options)
            mail.mailbox = found
            return found
        }
    }
}
