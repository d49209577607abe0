import Foundation
import ServiceLifecycle

/// Sends webhook requests, each on its own, so that a slow receiver holds up nobody else.
struct DeliveryService: Service {
    let world: World
    let queue: AsyncStream<OutgoingDelivery>
    let timeout: Duration

    func run() async {
        await withDiscardingTaskGroup { group in
            for await outgoing in queue.cancelOnGracefulShutdown() {
                group.addTask { await send(outgoing) }
            }
            group.cancelAll()
        }
    }

    private func send(_ outgoing: OutgoingDelivery) async {
        if outgoing.delay > .zero { try? await Task.sleep(for: outgoing.delay) }
        let start = ContinuousClock.now
        let outcome = await WebhookSender.send(outgoing, timeout: timeout)
        let elapsed = ContinuousClock.now - start
        for _ in 1..<max(outgoing.copies, 1) { _ = await WebhookSender.send(outgoing, timeout: timeout) }
        await world.finish(outgoing.delivery, outcome, duration: elapsed / .seconds(1))
    }
}
