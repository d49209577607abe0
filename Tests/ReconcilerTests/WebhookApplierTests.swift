import GitHub
import Model
import Reconciler
import Testing

@Suite struct WebhookApplierTests {
    /// SHA-256 of "secret of tests" and "secret of lint", which the simulator answers with.
    private let secret: @Sendable (HookID) -> String = { "secret of \($0)" }

    private func desired(_ hooks: [String: [String]]) throws -> [DesiredWebhook] {
        let repository = try #require(widget)
        return try hooks.sorted { $0.key < $1.key }.map { name, events in
            let id = try hookID(name)
            return DesiredWebhook(
                hook: id, url: WebhookAddress.url(externalURL: external, repository: repository, hook: id),
                events: events, secretFingerprint: "fingerprint of \(name)")
        }
    }

    /// One pass. Answers the plan and what is known after it.
    private func reconcile(
        _ github: SimulatedGitHub, _ desired: [DesiredWebhook], known: inout [Int64: String]
    ) async throws -> [WebhookOperation] {
        let repository = try #require(widget)
        let observed = try await github.observe(try DesiredRepository(webhooks: desired), known: known).webhooks
        let plan = WebhookPlanner.operations(
            repository: repository, desired: desired, observed: observed, externalURL: external)
        let applier = WebhookApplier(client: github.client, secret: secret)
        for operation in plan {
            if let applied = try await applier.apply(operation, repository) {
                known[applied.githubID] = applied.secretFingerprint
            }
        }
        return plan
    }

    @Test("makes, changes in place and deletes; then there is nothing to do; others are left alone")
    func wholeLife() async throws {
        try await SimulatedGitHub.with { github in
            let foreign = try await github.client.createHook(
                "acme/widget",
                GitHubHookSpec(url: "https://jenkins.example.org/x", events: ["push"], secret: GitHubSecret("theirs")))
            var known: [Int64: String] = [:]
            let both = try desired(["tests": ["push"], "lint": ["pull_request"]])
            #expect(try await reconcile(github, both, known: &known).count == 2)
            #expect(try await reconcile(github, both, known: &known).isEmpty)
            let made = try await github.hooks()
            #expect(made.count == 3)
            #expect(Set(made.compactMap { $0["secret_sha256"] as? String }).count == 3)

            let changed = try desired(["tests": ["push", "pull_request"]])
            #expect(try await reconcile(github, changed, known: &known).count == 2)
            #expect(try await reconcile(github, changed, known: &known).isEmpty)
            let left = try await github.hooks()
            let ids = left.compactMap { ($0["id"] as? Int).map(Int64.init) }
            let before = made.first { ($0["url"] as? String)?.hasSuffix("/tests") == true }
            #expect(ids.count == 2 && ids.contains(foreign.id))
            #expect(ids.contains { $0 == (before?["id"] as? Int).map(Int64.init) })
            // The change of the events did not cost the secret.
            let after = left.first { ($0["url"] as? String)?.hasSuffix("/tests") == true }
            #expect(after?["secret_sha256"] as? String != nil)
            #expect(after?["secret_sha256"] as? String == before?["secret_sha256"] as? String)
        }
    }

    @Test("a lost answer makes no second webhook", arguments: ["status", "disconnect"])
    func lostAnswer(action: String) async throws {
        try await SimulatedGitHub.with { github in
            try await github.loseAnswer("POST", "/repos/acme/widget/hooks", action: action)
            var known: [Int64: String] = [:]
            let tests = try desired(["tests": ["push"]])
            _ = try await reconcile(github, tests, known: &known)
            #expect(try await github.hooks().count == 1)
            #expect(known.count == 1)
            // It was found and given the secret, which nobody can know that it has.
            #expect(try await github.writes().last?.hasPrefix("PATCH") == true)
            #expect(try await reconcile(github, tests, known: &known).isEmpty)
        }
    }

    @Test("operations may be applied twice, and to what changed since they were planned")
    func twice() async throws {
        try await SimulatedGitHub.with { github in
            let repository = try #require(widget)
            let tests = try #require(try desired(["tests": ["push"]]).first)
            let applier = WebhookApplier(client: github.client, secret: secret)
            let first = try #require(try await applier.apply(.create(tests), repository))
            let second = try #require(try await applier.apply(.create(tests), repository))
            #expect(first == second)
            try await applier.apply(.delete(id: first.githubID, url: tests.url), repository)
            try await applier.apply(.delete(id: first.githubID, url: tests.url), repository)
            let third = try #require(
                try await applier.apply(.update(id: first.githubID, tests, changes: []), repository))
            #expect(third.githubID != first.githubID)

            // Somebody makes the wanted one by hand while ours still has another address.
            let other = try await github.client.createHook(
                "acme/widget",
                GitHubHookSpec(url: tests.url + "/", events: ["push"], secret: GitHubSecret("x")))
            let kept = try #require(
                try await applier.apply(.update(id: other.id, tests, changes: []), repository))
            #expect(kept.githubID == other.id)
            let left = try await github.hooks()
            #expect(left.count == 1)
            #expect(left.first?["url"] as? String == tests.url)
        }
    }

    @Test("a webhook without a secret is noticed although a secret was given once")
    func removedSecret() async throws {
        try await SimulatedGitHub.with { github in
            var known: [Int64: String] = [:]
            let tests = try desired(["tests": ["push"]])
            _ = try await reconcile(github, tests, known: &known)
            let id = try #require(known.keys.first)
            _ = try await github.client.updateHook(
                "acme/widget", id,
                GitHubHookSpec(url: tests.first?.url ?? "", events: ["push"], secret: GitHubSecret("")))
            let plan = try await reconcile(github, tests, known: &known)
            #expect("\(plan)".contains("secret: ******** -> changed"))
            #expect(try await reconcile(github, tests, known: &known).isEmpty)
        }
    }

    @Test("a refusal is no existing webhook: the limit of 20 is told in GitHub's words")
    func limit() async throws {
        try await SimulatedGitHub.with { github in
            for number in 1...20 {
                _ = try await github.client.createHook(
                    "acme/widget",
                    GitHubHookSpec(url: "https://x.org/\(number)", events: ["push"], secret: GitHubSecret("x")))
            }
            var known: [Int64: String] = [:]
            let tests = try desired(["tests": ["push"]])
            let error = await #expect(throws: GitHubError.self) { try await reconcile(github, tests, known: &known) }
            #expect(error?.message == #"Validation Failed: The "push" event cannot have more than 20 hooks"#)
            #expect(try await github.writes().filter { $0.hasPrefix("PATCH") || $0.hasPrefix("DELETE") }.isEmpty)
        }
    }
}
