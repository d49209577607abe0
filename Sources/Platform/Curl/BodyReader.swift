/// One task's hold on a transfer: waits for what comes, and ends the transfer when it is dropped.
final class BodyReader: Sendable {
    let exchange: Exchange
    private let mailbox: Mailbox
    /// The thread lives as long as the client, and the transfer needs it.
    private let client: CurlClient

    init(_ exchange: Exchange, _ mailbox: Mailbox, of client: CurlClient) throws(CurlError) {
        self.exchange = exchange
        self.mailbox = mailbox
        self.client = client
        guard mailbox.post(.start(exchange)) else { throw exchange.error(.closed, "the client was closed") }
        guard case .http(let request) = exchange.order, case .stream(_, let source) = request.body else { return }
        exchange.upload?.start(source) {
            mailbox.post(.resumeSending(exchange))
        } fail: { words in
            mailbox.post(.end(exchange, exchange.error(.upload, words)))
        }
    }

    deinit {
        // Nearly always: then no words need to be made.
        if !exchange.isOver { cancel() }
    }

    /// Ends the transfer, if it is still under way.
    func cancel() {
        let cancelled = exchange.error(.cancelled, "cancelled")
        if exchange.abandon(cancelled) { mailbox.post(.end(exchange, cancelled)) }
    }

    /// Waits for the response's headers.
    func head() async throws(CurlError) -> ResponseHead {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { exchange.awaitHead($0) }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }

    /// Waits for the next bytes, and lets the transfer go on.
    func next(isolation actor: isolated (any Actor)?) async throws(CurlError) -> [UInt8]? {
        if Task.isCancelled { cancel() }
        let (ready, wasPaused) = exchange.takeReady()
        if wasPaused { mailbox.post(.resumeReceiving(exchange)) }
        if let ready { return try ready.get() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: actor) { continuation in
                if exchange.awaitBody(continuation) { mailbox.post(.resumeReceiving(exchange)) }
            }
        } onCancel: {
            cancel()
        }
        return try result.get()
    }
}
