import Model
import Reconciler
import SeededRandom
import Testing

@Suite struct WebhookPlannerPropertyTests {
    private static let hooks = ["tests", "lint", "deploy", "docs", "a"]
    private static let events = ["push", "pull_request", "create", "release"]
    private static let foreign = [
        "https://jenkins.example.org/hook", "https://other.org/_hooks/acme/widget/tests", "https://ci.example.org/x",
    ]

    @Test("after any plan, applied in whole or in two parts, nothing is left to do, and others lost nothing")
    func converges() throws {
        var random = SeededGenerator(seed: 20_261_124)
        let repository = try #require(widget)
        var operations = 0
        for _ in 0..<4000 {
            let desired = try desired(using: &random)
            var model = GitHubModel(hooks: observed(using: &random))
            let before = model.hooks
            let plan = WebhookPlanner.operations(
                repository: repository, desired: desired, observed: before.shuffled(using: &random),
                externalURL: external)
            operations += plan.count
            #expect(
                plan
                    == WebhookPlanner.operations(
                        repository: repository, desired: desired.shuffled(using: &random), observed: before,
                        externalURL: external))

            // Half of the time the process is killed in between.
            let count =
                Bool.random(using: &random)
                ? plan.count : Int.random(in: 0...plan.count, using: &random)
            for operation in plan.prefix(count) { model.apply(operation) }
            let rest = WebhookPlanner.operations(
                repository: repository, desired: desired, observed: model.hooks, externalURL: external)
            if count == plan.count { #expect(rest.isEmpty) }
            for operation in rest { model.apply(operation) }
            #expect(
                WebhookPlanner.operations(
                    repository: repository, desired: desired, observed: model.hooks, externalURL: external
                )
                .isEmpty)

            let isForeign: (ObservedWebhook) -> Bool = { Self.foreign.contains($0.url) }
            #expect(model.hooks.filter(isForeign) == before.filter(isForeign))
            #expect(model.hooks.filter { !isForeign($0) }.map(\.url).sorted() == desired.map(\.url).sorted())
            // A hook that had a webhook keeps one of those it had.
            for webhook in desired {
                let had = Set(before.filter { $0.url.lowercased() == webhook.url }.map(\.id))
                let has = model.hooks.filter { $0.url == webhook.url }.map(\.id)
                #expect(had.isEmpty || has.allSatisfy(had.contains))
            }
        }
        #expect(operations > 4000)
    }

    private func desired(using random: inout SeededGenerator) throws -> [DesiredWebhook] {
        let repository = try #require(widget)
        return try Self.hooks.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)).map { name in
            let id = try hookID(name)
            return DesiredWebhook(
                hook: id, url: WebhookAddress.url(externalURL: external, repository: repository, hook: id),
                events: some(using: &random), secretFingerprint: Bool.random(using: &random) ? "s1" : "s2")
        }
    }

    private func observed(using random: inout SeededGenerator) -> [ObservedWebhook] {
        var model = GitHubModel(hooks: [])
        for id in 1...Int64.random(in: 1...8, using: &random) {
            let hook = Self.hooks.randomElement(using: &random) ?? "a"
            let url =
                switch Int.random(in: 0..<10, using: &random) {
                case 0...4: "\(external)/_hooks/acme/widget/\(hook)"
                case 5: "\(external)/_hooks/ACME/widget/\(hook)"
                case 6: "\(external)/_hooks/acme/former/\(hook)"
                case 7: "\(external)/_hooks/nonsense?\(id)"
                default: Self.foreign.randomElement(using: &random) ?? ""
                }
            let webhook = ObservedWebhook(
                id: id, url: url, events: some(using: &random), active: Int.random(in: 0..<4, using: &random) > 0,
                contentType: Int.random(in: 0..<4, using: &random) > 0 ? "json" : "form",
                insecureSSL: Int.random(in: 0..<4, using: &random) > 0 ? "0" : "1",
                secretFingerprint: Self.foreign.contains(url)
                    ? nil : [nil, "s1", "s2"].randomElement(using: &random) ?? nil)
            if !model.collides(webhook) { model.hooks.append(webhook) }
        }
        return model.hooks
    }

    private func some(using random: inout SeededGenerator) -> [String] {
        Array(Self.events.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)))
    }
}

/// GitHub's webhooks of one repository, with its rule against two of one configuration.
private struct GitHubModel {
    var hooks: [ObservedWebhook]
    private var nextID: Int64 = 4_294_967_296

    init(hooks: [ObservedWebhook]) { self.hooks = hooks }

    func collides(_ webhook: ObservedWebhook) -> Bool {
        hooks.contains {
            $0.id != webhook.id && $0.url == webhook.url && $0.contentType == webhook.contentType
                && $0.insecureSSL == webhook.insecureSSL && !Set($0.events).isDisjoint(with: webhook.events)
        }
    }

    mutating func apply(_ operation: WebhookOperation) {
        switch operation {
        case .create(let desired):
            nextID += 1
            put(desired, id: nextID)
        case .update(let id, let desired, let changes):
            #expect(hooks.contains { $0.id == id })
            #expect(!changes.isEmpty)
            put(desired, id: id)
        case .delete(let id, let url):
            #expect(hooks.contains { $0.id == id && $0.url == url })
            hooks.removeAll { $0.id == id }
        }
    }

    private mutating func put(_ desired: DesiredWebhook, id: Int64) {
        let webhook = ObservedWebhook(
            id: id, url: desired.url, events: desired.events, secretFingerprint: desired.secretFingerprint)
        #expect(!collides(webhook), "Hook already exists on this repository")
        if let position = hooks.firstIndex(where: { $0.id == id }) {
            hooks[position] = webhook
        } else {
            hooks.append(webhook)
        }
    }
}
