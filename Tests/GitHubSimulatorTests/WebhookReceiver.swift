import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Testing

@testable import GitHubSimulator

/// A webhook request as it arrived.
struct ReceivedHook: Sendable {
    let headers: [String: String]
    let body: [UInt8]

    var event: String { headers["x-github-event"] ?? "" }
    var guid: String { headers["x-github-delivery"] ?? "" }
    var json: JSON { (try? JSON(reading: body)) ?? .null }
    /// Signed with this secret over exactly these bytes.
    func isSigned(with secret: String) -> Bool {
        headers["x-hub-signature-256"] == Signature.sha256(secret: secret, body: body)
            && headers["x-hub-signature"] == Signature.sha1(secret: secret, body: body)
    }
}

/// A tiny server that takes webhooks and keeps them until a test asks.
actor WebhookReceiver {
    private var received: [ReceivedHook] = []
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var url = ""
    private var status = 202

    func answer(with status: Int) { self.status = status }

    private func take(_ hook: ReceivedHook) -> Int {
        received.append(hook)
        waiting.forEach { $0.resume() }
        waiting = []
        return status
    }

    /// The next request of this event. Those of other events stay: what was sent first need not arrive first.
    func next(_ event: String) async -> ReceivedHook {
        while true {
            if let position = received.firstIndex(where: { $0.event == event }) {
                return received.remove(at: position)
            }
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Everything that has arrived and was not asked for.
    func rest() -> [ReceivedHook] {
        defer { received = [] }
        return received
    }

    /// Runs the body with a receiver on a port of its own.
    static func with(_ body: @Sendable (WebhookReceiver) async throws -> Void) async throws {
        let receiver = WebhookReceiver()
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            let bytes = try await request.body.collect(upTo: 32 << 20)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.rawName.lowercased()] = field.value }
            let hook = ReceivedHook(headers: headers, body: Array(bytes.readableBytesView))
            return Response(status: .init(code: await receiver.take(hook)))
        }
        let application = Application(
            responder: responder, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { bound.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [logger] in try? await application.runEndingGracefully(logger: logger) }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            await receiver.bound(to: port)
            do {
                try await body(receiver)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    private func bound(to port: Int) { url = "http://127.0.0.1:\(port)/hook" }
}

extension SimulatorFixture {
    /// A stand-in and a receiver.
    static func withReceiver(
        webhookTimeout: Duration = .seconds(10),
        _ body: @Sendable (SimulatorFixture, WebhookReceiver) async throws -> Void
    ) async throws {
        try await with(webhookTimeout: webhookTimeout) { fixture in
            try await WebhookReceiver.with { try await body(fixture, $0) }
        }
    }
}
