import Foundation
import GitHub
import Logging
import Model
import Store
import Synchronization

/// Asks GitHub to send deliveries again that never reached the store.
struct LostDeliveries: Sendable {
    let store: Store
    let client: GitHubClient
    let patience: Duration
    let logger: Logger
    /// When each delivery was last asked for, by webhook and GUID: GitHub lists the new attempt only once it is made.
    private let asked = Asked()

    /// GitHub can repeat what it sent in the last three days.
    private static let reach: TimeInterval = 3 * 86400
    /// One GUID is asked for once in that time: a server that cannot be reached is not reached by asking more.
    private static let pause: TimeInterval = 3600
    /// Of one webhook in one pass.
    private static let limit = 50

    init(store: Store, client: GitHubClient, patience: Duration, logger: Logger) {
        self.store = store
        self.client = client
        self.patience = patience
        self.logger = logger
    }

    /// Looks through the deliveries of the project's webhooks.
    func askAgain(_ project: ProjectRecord) async throws {
        for webhook in try await store.webhooks(project.id) where project.config.hook(webhook.hook) != nil {
            do throws(GitHubError) {
                try await askAgain(project, webhook)
            } catch {
                // Deleted by hand; whoever reconciles makes a new one.
                guard error.kind == .notFound else { throw error }
            }
        }
    }

    private func askAgain(_ project: ProjectRecord, _ webhook: WebhookRecord) async throws(GitHubError) {
        let now = Date()
        // What GitHub sent before the project was ours is history; after the loss of the database that is all of it.
        // GitHub's clock is not ours.
        let since = max(now.addingTimeInterval(-Self.reach), project.createdAt.addingTimeInterval(-5))
        let repository = "\(project.repository)"
        let attempts = try await client.hookDeliveries(repository, webhook.githubID, since: since)
        let latest = Self.due(attempts, before: now.addingTimeInterval(-(patience / .seconds(1))), pause: Self.pause)
        guard !latest.isEmpty else { return }
        let known: Set<String>
        do throws(StoreError) {
            known = try await store.knownDeliveries(project.repository, webhook.hook, guids: latest.map(\.guid))
        } catch {
            logger.error("the deliveries could not be read: \(error)")
            return
        }
        // What was accepted before that time was accepted by a database that is lost; its builds are found by their heads.
        let lost = latest.filter { delivery in
            !known.contains(delivery.guid)
                && (delivery.deliveredAt >= project.createdAt || !(200..<300).contains(delivery.statusCode))
        }.prefix(Self.limit)
        for delivery in lost where asked.mayAsk(webhook.githubID, delivery.guid, at: now, pause: Self.pause) {
            try await client.redeliver(repository, webhook.githubID, delivery.id)
            logger.notice(
                "a delivery never arrived; GitHub is asked to send it again",
                metadata: [
                    "project": "\(project.repository)", "hook": "\(webhook.hook)", "guid": "\(delivery.guid)",
                    "event": "\(delivery.event)", "status": "\(delivery.status)",
                ])
        }
    }

    /// The latest attempt of each GUID, oldest first, without those that may be under way or were repeated lately. One
    /// that failed is over: it need not be waited for.
    static func due(_ attempts: [GitHubDelivery], before: Date, pause: TimeInterval) -> [GitHubDelivery] {
        Dictionary(grouping: attempts) { $0.guid }.values.compactMap { attempts in
            guard let latest = attempts.max(by: { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }),
                latest.event != "ping", latest.deliveredAt < before || latest.statusCode >= 400,
                !latest.isRedelivery || latest.deliveredAt < before.addingTimeInterval(-pause)
            else { return nil }
            return latest
        }.sorted { ($0.deliveredAt, $0.id) < ($1.deliveredAt, $1.id) }
    }

    /// What was asked for in the last hour.
    private final class Asked: Sendable {
        private let times = Mutex<[String: Date]>([:])

        func mayAsk(_ webhook: Int64, _ guid: String, at now: Date, pause: TimeInterval) -> Bool {
            times.withLock { times in
                times = times.filter { now.timeIntervalSince($0.value) < pause }
                let key = "\(webhook) \(guid)"
                guard times[key] == nil else { return false }
                times[key] = now
                return true
            }
        }
    }
}
