import Foundation
import Logging
import Model
import ServiceLifecycle
import Store

/// Stored deliveries → builds. Every delivery gets a decision in words, whatever became of it.
public struct DeliveryIntake: Service {
    private let store: Store
    private let decider: DeliveryDecider
    private let logger: Logger
    private let batch = 200

    /// - Parameter logger: gets a line for each build that is made.
    public init(configuration: ControllerConfiguration, store: Store, logger: Logger) {
        self.store = store
        self.logger = logger
        decider = DeliveryDecider(configuration: configuration)
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        await PassLoop(topics: [.deliveries], interval: .seconds(30), changes: store.changes).run {
            do {
                while try await pass() == batch, !Task.isCancelled {}
                return nil
            } catch {
                logger.error("deliveries could not be worked off: \(error)")
                return .seconds(2)
            }
        }
    }

    /// Works off one batch, oldest first. Answers how many there were.
    func pass() async throws -> Int {
        let pending = try await store.pendingDeliveries(limit: batch)
        for item in pending {
            let delivery = item.delivery
            if delivery.hook == .adminRepository {
                try await AdminDelivery(delivery, payload: item.payload).finish(in: store)
                continue
            }
            let project = try await store.project(delivery.repository)
            let decision = decider.decide(delivery, payload: item.payload, project: project)
            let build = try await store.finishDelivery(
                delivery.id, decision: decision.sentence, failed: decision.failed, build: decision.build,
                action: decision.action, ref: decision.ref)
            guard let build, decision.build != nil else { continue }
            logger.info(
                "build",
                metadata: [
                    "project": "\(delivery.repository)", "number": "\(build.number)", "ref": "\(build.ref)",
                    "commit": "\(build.commit)",
                ])
        }
        return pending.count
    }
}
