import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A minimal HTTP/1.1 client for webhook requests: one connection a request, no redirects, no TLS.
enum WebhookSender {
    /// How much of an answer is remembered.
    static let answerLimit = 64 << 10

    private enum Failure: Error { case badAddress, closed }

    static func send(_ outgoing: OutgoingDelivery, timeout: Duration) async -> DeliveryOutcome {
        await withTaskGroup(of: DeliveryOutcome.self) { group in
            group.addTask {
                do { return try await exchange(outgoing) } catch { return .connectionFailed }
            }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return .connectionFailed }
                return .timedOut
            }
            let first = await group.next() ?? .connectionFailed
            group.cancelAll()
            return first
        }
    }

    private static func exchange(_ outgoing: OutgoingDelivery) async throws -> DeliveryOutcome {
        guard let url = URLComponents(string: outgoing.url), url.scheme == "http", let host = url.host, !host.isEmpty
        else { throw Failure.badAddress }
        let port = url.port ?? 80
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .connect(host: host.trimmingCharacters(in: ["[", "]"]), port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        var path = url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath
        if let query = url.percentEncodedQuery { path += "?\(query)" }
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
        head.headers.add(name: "Host", value: url.port == nil ? host : "\(host):\(port)")
        for header in outgoing.headers { head.headers.add(name: header.name, value: header.value) }
        head.headers.add(name: "Content-Length", value: String(outgoing.body.count))
        head.headers.add(name: "Connection", value: "close")
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(.head(head))
            try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: outgoing.body))))
            try await outbound.write(.end(nil))
            return try await answer(inbound)
        }
    }

    private static func answer(_ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws
        -> DeliveryOutcome
    {
        var status: Int?
        var headers: [HeaderLine] = []
        var body: [UInt8] = []
        reading: for try await part in inbound {
            switch part {
            case .head(let head):
                status = Int(head.status.code)
                headers = head.headers.map { HeaderLine(name: $0.name, value: $0.value) }
            case .body(let bytes):
                body += bytes.readableBytesView.prefix(answerLimit - body.count)
            case .end:
                break reading
            }
        }
        guard let status else { throw Failure.closed }
        return .answered(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
    }
}
