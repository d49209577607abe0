import Model
import Store

/// A delivery of the admin repository's own webhook: it makes no build, it only says that a look is worthwhile.
struct AdminDelivery: Sendable {
    private let delivery: DeliveryRecord
    private let event: Result<WebhookEvent, PayloadError>

    init(_ delivery: DeliveryRecord, payload: [UInt8]) {
        self.delivery = delivery
        do {
            event = .success(try WebhookEvent.parse(event: delivery.event, payload: payload))
        } catch {
            event = .failure(error)
        }
    }

    /// Stores the decision and wakes whoever reads the admin repository.
    func finish(in store: Store) async throws(StoreError) {
        var ref: GitRef?
        if case .success(.trigger(let trigger)) = event { ref = trigger.ref }
        _ = try await store.finishDelivery(delivery.id, decision: sentence, failed: false, build: nil, ref: ref)
        if delivery.event != "ping" { store.noteAdminRepositoryChange() }
    }

    /// Whatever it says, it is looked at: the repository is what counts, not the payload.
    var sentence: String {
        guard delivery.event != "ping" else { return "GitHub says hello to the admin repository's webhook" }
        guard case .success(.trigger(let trigger)) = event else { return "the admin repository changed" }
        if let number = trigger.pullRequest {
            return "the admin repository's pull request #\(number) is at \(trigger.commit.prefix(12))"
        }
        return "the admin repository changed: \(trigger.ref.shortName) is at \(trigger.commit.prefix(12))"
    }
}
