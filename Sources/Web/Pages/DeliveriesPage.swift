import HTTPTypes
import Hummingbird
import Model
import Store

/// `/_deliveries`: why did nothing happen? `?before=` goes on with older ones, `?repository=` shows one project's.
///
/// For those who can read the admin repository.
struct DeliveriesPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer

    private static let pageLength = 100

    func add(to router: Router<WebContext>) {
        router.get("_deliveries") { request, context in
            try lookup.requireAdministration(context)
            let query = request.uri.queryParameters
            let repository = try query["repository"].map { text in
                guard let name = RepositoryName(text) else { throw HTTPError(.notFound) }
                return name
            }
            return try await response(repository, before: query["before"].flatMap { Int64($0) }, context.viewer)
        }
    }

    private func response(
        _ repository: RepositoryName?, before: Int64?, _ viewer: Viewer
    ) async throws -> Response {
        let deliveries = try await store.deliveries(repository, before: before, limit: Self.pageLength)
        let rows = deliveries.map(Self.values)
        let filter = repository.map { "&repository=\($0)" } ?? ""
        let older = deliveries.count == Self.pageLength ? deliveries.last.map { "?before=\($0.id)\(filter)" } : nil
        return await renderer.page(
            "deliveries",
            Page(
                title: "Deliveries",
                values: [
                    "deliveries": rows, "isEmpty": rows.isEmpty, "olderURL": older,
                    "filter": repository.map { "\($0)" },
                ]), for: viewer)
    }

    static func mark(_ delivery: DeliveryRecord) -> StateMark {
        switch delivery.state {
        case .received: StateMark("queued", word: "Waiting")
        case .failed: StateMark("error", word: "Not understood")
        case .done where delivery.buildNumber != nil: StateMark("success", word: "Build")
        case .done: StateMark("skipped", word: "No build")
        }
    }

    static func values(_ delivery: DeliveryRecord) -> PageValues {
        [
            "state": mark(delivery), "url": "/_deliveries/\(delivery.id)", "event": delivery.event,
            "action": delivery.action, "name": "\(delivery.repository)",
            "filterURL": "/_deliveries?repository=\(delivery.repository)", "hook": delivery.hook.description,
            "ref": delivery.ref?.shortName, "decision": delivery.decision ?? "waits for its turn",
            "guid": delivery.guid, "when": Moment.html(delivery.receivedAt),
            "buildNumber": delivery.buildNumber,
            "buildURL": delivery.buildNumber.map { "/\(delivery.repository)/builds/\($0)" },
        ]
    }
}
