import Model
import Reconciler
import Testing

/// The project that the tests are about.
let widget = RepositoryName("acme/widget")
let external = "https://ci.example.org"

func hookID(_ text: String) throws -> HookID { try #require(HookID(text)) }

@Suite struct WebhookPlannerTests {
    private func plan(
        _ desired: [DesiredWebhook], _ observed: [ObservedWebhook], externalURL: String = external
    ) throws -> [WebhookOperation] {
        WebhookPlanner.operations(
            repository: try #require(widget), desired: desired, observed: observed, externalURL: externalURL)
    }

    private func desired(_ hook: String, _ events: [String] = ["push"], secret: String = "s1") throws -> DesiredWebhook
    {
        let id = try hookID(hook)
        let url = WebhookAddress.url(externalURL: external, repository: try #require(widget), hook: id)
        return DesiredWebhook(hook: id, url: url, events: events, secretFingerprint: secret)
    }

    private func observed(
        _ id: Int64, _ path: String, _ events: [String] = ["push"], secret: String? = "s1", base: String = external
    ) -> ObservedWebhook {
        ObservedWebhook(id: id, url: "\(base)/_hooks/\(path)", events: events, secretFingerprint: secret)
    }

    @Test("addresses are under the external URL, with one slash")
    func addresses() throws {
        let url = WebhookAddress.url(
            externalURL: "https://ci.example.org/kozmic//", repository: try #require(widget), hook: try hookID("tests"))
        #expect(url == "https://ci.example.org/kozmic/_hooks/acme/widget/tests")
    }

    @Test("a missing webhook is created, a right one left alone")
    func creation() throws {
        let tests = try desired("tests", ["push", "pull_request"])
        #expect(try plan([tests], []) == [.create(tests)])
        #expect(try plan([tests], [observed(1, "acme/widget/tests", ["pull_request", "push"])]).isEmpty)
    }

    @Test("a difference is patched in place and told, without the secret")
    func update() throws {
        let tests = try desired("tests", ["push", "pull_request"], secret: "new fingerprint")
        var there = observed(4_294_967_300, "acme/widget/tests", ["push"], secret: "old fingerprint")
        there.active = false
        there.contentType = "form"
        there.insecureSSL = "1"
        let plan = try plan([tests], [there])
        #expect(
            plan == [
                .update(
                    id: 4_294_967_300, tests,
                    changes: [
                        FieldChange(field: "events", old: "push", new: "pull_request, push"),
                        FieldChange(field: "active", old: "false", new: "true"),
                        FieldChange(field: "content_type", old: "form", new: "json"),
                        FieldChange(field: "insecure_ssl", old: "1", new: "0"),
                        FieldChange(field: "secret", old: "********", new: "changed"),
                    ])
            ])
        #expect(!"\(plan)".contains("fingerprint"))
        #expect("\(plan)".contains("~ webhook tests (4294967300): events: push -> pull_request, push; active: false"))
    }

    @Test("a webhook whose secret is not ours gets ours")
    func unknownSecret() throws {
        let plan = try plan([desired("tests")], [observed(1, "acme/widget/tests", secret: nil)])
        #expect(
            plan == [
                .update(
                    id: 1, try desired("tests"),
                    changes: [FieldChange(field: "secret", old: "********", new: "changed")])
            ])
    }

    @Test(
        "webhooks of others are left alone",
        arguments: [
            "https://ci.example.org.evil.org/_hooks/acme/widget/tests", "https://other.org/_hooks/acme/widget/tests",
            "http://ci.example.org/_hooks/acme/widget/tests", "https://ci.example.org/hooks/acme/widget/tests",
            "https://ci.example.org/x/_hooks/acme/widget/tests", "https://ci.example.org/_hooks", "",
            "https://other.org/?u=https://ci.example.org/_hooks/acme/widget/tests", "not a url",
        ])
    func others(url: String) throws {
        let foreign = ObservedWebhook(id: 1, url: url, events: ["push"], secretFingerprint: nil)
        #expect(try plan([], [foreign]).isEmpty)
        #expect(try plan([desired("tests")], [foreign]) == [.create(try desired("tests"))])
    }

    @Test("an external URL with a path covers only that path, in its own letter case")
    func externalPath() throws {
        let there = observed(1, "acme/widget/tests", secret: nil, base: "https://ci.example.org/Kozmic")
        #expect(try plan([], [there], externalURL: "https://CI.example.org/Kozmic/").count == 1)
        #expect(try plan([], [there], externalURL: "https://ci.example.org/kozmic").isEmpty)
        #expect(try plan([], [there]).isEmpty)
    }

    @Test("what nobody declares is deleted, first, in the order of the numbers")
    func deletion() throws {
        let plan = try plan(
            [desired("b"), desired("a")],
            [observed(9, "acme/widget/old"), observed(3, "acme/widget/older"), observed(5, "acme/widget/b", ["ping"])])
        #expect(
            plan.map { "\($0)".prefix(11) } == ["- webhook h", "- webhook h", "~ webhook b", "+ webhook a"])
        #expect(plan.first == .delete(id: 3, url: "\(external)/_hooks/acme/widget/older"))
    }

    @Test("of several for one hook the best stays, the oldest of equals")
    func duplicates() throws {
        let three = [
            observed(1, "acme/widget/tests", ["ping"]), observed(3, "acme/widget/tests/"),
            observed(7, "ACME/Widget/tests", ["push"]), observed(8, "acme/widget/tests"),
            observed(9, "acme/widget/tests"),
        ]
        let plan = try plan([desired("tests")], three)
        #expect(
            plan.map { operation -> Int64 in
                if case .delete(let id, _) = operation { id } else { -1 }
            } == [1, 3, 7, 9])
    }

    @Test("letter case, a query and a slash at the end do not make it another webhook")
    func sameAddress() throws {
        let plan = try plan([desired("tests")], [observed(1, "Acme/WIDGET/tests/?x=1")])
        guard case .update(id: 1, _, let changes) = plan.first else {
            Issue.record("not an update: \(plan)")
            return
        }
        #expect(changes.map(\.field) == ["url"])
    }

    @Test("after a rename of the repository, or of the server, the webhook is changed, not replaced")
    func renames() throws {
        let renamed = try plan([desired("tests")], [observed(1, "acme/old-name/tests")])
        let moved = try plan([desired("tests")], [observed(1, "acme/widget/tests", base: "http://10.0.0.1:8080")])
        for plan in [renamed, moved] {
            guard case .update(id: 1, _, let changes) = plan.first, plan.count == 1 else {
                Issue.record("not an update: \(plan)")
                continue
            }
            #expect(changes.map(\.field) == ["url"])
        }
    }
}
