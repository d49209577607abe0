import HTTPTypes
import Hummingbird
import Model
import Store

/// `/_deliveries/<number>`: which hooks were considered, and which line of YAML said yes or no.
///
/// For those who can read the admin repository. The payload itself is not shown: it may hold anything.
struct DeliveryPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var configuration: WebConfiguration

    func add(to router: Router<WebContext>) {
        router.get("_deliveries/{id}") { _, context in
            try lookup.requireAdministration(context)
            guard let id = Int64(try context.parameters.require("id")),
                let explained = try await store.explainedDelivery(id)
            else { throw HTTPError(.notFound) }
            return await response(explained, context.viewer)
        }
        router.post("_deliveries/{id}/again") { request, context in
            try lookup.requireAdministration(context)
            _ = try await Forms.fields(request, context)
            guard let id = Int64(try context.parameters.require("id")),
                try await store.explainedDelivery(id) != nil
            else { throw HTTPError(.notFound) }
            try await store.decideAgain(id)
            return Forms.goOn(to: "/_deliveries/\(id)\(ActionEndpoint.asked)")
        }
    }

    private func response(_ explained: ExplainedDelivery, _ viewer: Viewer) async -> Response {
        let delivery = explained.delivery
        let mark = DeliveriesPage.mark(delivery)
        let explanation = explained.explanation
        var values: PageValues = [
            "state": mark, "delivery": DeliveriesPage.values(delivery), "bytes": explained.payloadBytes,
            "facts": explanation.map { facts($0.event, delivery) } ?? [],
            "hooks": explanation.map(answers) ?? [], "hasHooks": explanation?.hooks.isEmpty == false,
            "againURL": viewer.person != nil && explained.payloadBytes > 0 && delivery.state != .received
                ? "/_deliveries/\(delivery.id)/again" : nil,
            "retries": delivery.failures > 0 ? Count.text(delivery.failures, "attempt") : nil,
        ]
        values["configCommit"] = explanation.map { String($0.configCommit.prefix(7)) }
        values["configURL"] = explanation.flatMap { AdminLinks(configuration).commit($0.configCommit) }
        return await renderer.page(
            "delivery",
            Page(
                title: "Delivery \(delivery.guid)",
                crumbs: [
                    Page.Link(text: "deliveries", url: "/_deliveries"),
                    Page.Link(text: String(delivery.guid.prefix(8)), url: "/_deliveries/\(delivery.id)"),
                ], mark: mark, values: values), for: viewer)
    }

    private func facts(_ event: TriggerEvent, _ delivery: DeliveryRecord) -> [PageValues] {
        let commits = "\(configuration.gitHubURL)/\(delivery.repository)"
        var facts: [(name: String, value: String?, url: String?)] = [
            ("commit", event.commit, "\(commits)/commit/\(event.commit)"), ("message", event.message, nil),
            ("author", event.authorName, nil), ("sender", event.sender, nil),
            ("previous head", event.before, event.before.map { "\(commits)/commit/\($0)" }),
            (
                "pull request", event.pullRequest.map { "#\($0)" },
                event.pullRequest.map { "\(commits)/pull/\($0)" }
            ),
            ("base branch", event.baseBranch, nil), ("comes from a fork", event.fromFork ? "yes" : nil, nil),
        ]
        facts.removeAll { $0.value?.isEmpty ?? true }
        return facts.map { ["name": $0.name, "value": $0.value, "url": $0.url] }
    }

    private func answers(_ explanation: DeliveryExplanation) -> [PageValues] {
        let links = AdminLinks(configuration)
        return explanation.hooks.map { answer in
            let mark =
                switch answer.outcome {
                case .runs: StateMark("success", word: "Runs")
                case .skipped: StateMark("skipped", word: "Skipped")
                case .no: StateMark("cancelled", word: "No")
                }
            return [
                "state": mark, "hook": answer.hook.description, "title": answer.title,
                "rules": answer.rules.map { rule -> PageValues in
                    let place = rule.file.map { "\($0):\(rule.line ?? 1)" }
                    let url = rule.file.flatMap { links.lines($0, rule.line ?? 1, at: explanation.configCommit) }
                    return [
                        "reason": rule.reason, "answer": rule.holds ? "yes" : "no", "place": place, "url": url,
                    ]
                },
            ]
        }
    }
}
