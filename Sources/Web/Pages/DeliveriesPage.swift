import Hummingbird
import Model
import Store

/// `/_deliveries`: why did nothing happen? Until people can sign in it lists deliveries of public projects only.
struct DeliveriesPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer

    private static let pageLength = 100

    func add(to router: Router<BasicRequestContext>) {
        router.get("_deliveries") { request, _ in
            try await response(before: request.uri.queryParameters["before"].flatMap { Int64($0) })
        }
    }

    private func response(before: Int64?) async throws -> Response {
        let deliveries = try await store.deliveries(before: before, limit: Self.pageLength)
        let visible = Set(try await store.activeProjects().filter(lookup.isVisible).map(\.repository))
        let rows = deliveries.filter { visible.contains($0.repository) }.map { delivery in
            [
                "event": delivery.event, "repository": delivery.repository.description,
                "projectURL": "/\(delivery.repository)", "hook": delivery.hook.description,
                "decision": delivery.decision ?? "waits for its turn", "guid": delivery.guid,
                "when": Moment(delivery.receivedAt) as Any,
                "build": delivery.buildNumber.map {
                    ["number": $0, "url": "/\(delivery.repository)/builds/\($0)"] as [String: Any]
                } as Any,
            ] as [String: Any]
        }
        let older = deliveries.count == Self.pageLength ? deliveries.last.map { "?before=\($0.id)" } : nil
        return renderer.page(
            "deliveries",
            Page(
                title: "Deliveries", script: "live.js",
                values: ["deliveries": rows, "isEmpty": rows.isEmpty, "olderURL": older as Any]))
    }
}
