import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A minimal HTTP/1.1 client for webhook requests: one connection a request, no redirects, no TLS.
enum WebhookSender {
    static func send(_ outgoing: OutgoingDelivery, timeout: Duration) async -> DeliveryOutcome {
        guard let request = WebhookRequest(outgoing) else { return .connectionFailed }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let outcome = loop.makePromise(of: DeliveryOutcome.self)
        let late = loop.scheduleTask(in: TimeAmount(timeout)) { outcome.succeed(.timedOut) }
        let connected = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        WebhookExchange(request: request, outcome: outcome))
                }
            }
            .connect(host: request.host, port: request.port)
        connected.whenFailure { _ in outcome.succeed(.connectionFailed) }
        connected.whenSuccess { channel in
            outcome.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        defer { late.cancel() }
        return await withTaskCancellationHandler {
            (try? await outcome.futureResult.get()) ?? .connectionFailed
        } onCancel: {
            outcome.succeed(.connectionFailed)
        }
    }
}

/// Where a webhook request goes and what its head says; `nil` for an address that cannot be reached.
struct WebhookRequest: Sendable {
    let host: String
    let port: Int
    let head: HTTPRequestHead
    let body: [UInt8]

    init?(_ outgoing: OutgoingDelivery) {
        guard let url = URLComponents(string: outgoing.url), url.scheme == "http", let host = url.host, !host.isEmpty
        else { return nil }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = url.port ?? 80
        body = outgoing.body
        var path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        if let query = url.percentEncodedQuery { path += "?\(query)" }
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
        head.headers.add(name: "Host", value: url.port == nil ? host : "\(host):\(port)")
        for header in outgoing.headers { head.headers.add(name: header.name, value: header.value) }
        head.headers.add(name: "Content-Length", value: String(body.count))
        head.headers.add(name: "Connection", value: "close")
        self.head = head
    }
}

/// Sends the request as soon as the connection stands, and collects the answer.
private final class WebhookExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// How much of an answer is remembered.
    private static let limit = 64 << 10

    private let request: WebhookRequest
    private let outcome: EventLoopPromise<DeliveryOutcome>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(request: WebhookRequest, outcome: EventLoopPromise<DeliveryOutcome>) {
        self.request = request
        self.outcome = outcome
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let bytes): body += bytes.readableBytesView.prefix(Self.limit - body.count)
        case .end: finish()
        }
    }

    private func finish() {
        guard let head else { return outcome.succeed(.connectionFailed) }
        let headers = head.headers.map { HeaderLine(name: $0.name, value: $0.value) }
        outcome.succeed(
            .answered(
                status: Int(head.status.code), headers: headers, body: String(decoding: body, as: UTF8.self)))
    }

    func channelInactive(context: ChannelHandlerContext) {
        outcome.succeed(.connectionFailed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        outcome.succeed(.connectionFailed)
        context.close(promise: nil)
    }
}
