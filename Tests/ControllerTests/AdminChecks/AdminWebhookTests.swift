import Foundation
import Git
import GitHub
import Model
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("The admin repository's own webhook")
    struct AdminWebhookTests {
        @Test("it is made once, repaired, and left alone by the reconciler when the repository is a project too")
        func made() async throws {
            try await ControllerFixture.with { fixture in
                let webhook = try fixture.adminWebhook
                try await webhook.pass()
                let made = try await fixture.list("/repos/acme/ci/hooks")
                #expect(made.count == 1)
                #expect(made.first?["url"] as? String == "http://127.0.0.1:9/_config/acme/ci")
                #expect(
                    made.first?["events"] as? [String]
                        == ["member", "public", "pull_request", "push", "repository", "team_add"])
                #expect(made.first?["content_type"] as? String == "json")
                let secret = fixture.configuration.secretKey.webhookSecretFingerprint(
                    try #require(RepositoryName("acme/ci")), .adminRepository)
                #expect(made.first?["secret_sha256"] as? String == secret)

                try await fixture.control("DELETE", "/requests")
                try await webhook.pass()
                // A server that lost its database takes it as it is.
                try await fixture.store.saveAdminWebhook(nil)
                try await webhook.pass()
                #expect(try await fixture.writes().isEmpty)

                let widget = ControllerFixture.widget.replacing("acme/widget", with: "acme/ci")
                try await fixture.commit(files: ["projects/ci.yaml": widget], to: "acme/ci")
                try await fixture.sync()
                await fixture.reconcile()
                let id = try #require(made.first?["id"] as? Int64)
                #expect(try await fixture.list("/repos/acme/ci/hooks").count == 3)
                _ = try await fixture.client.deleteHook("acme/ci", id)
                try await webhook.pass()
                let again = try await fixture.list("/repos/acme/ci/hooks").compactMap { $0["url"] as? String }
                #expect(again.count { $0.hasSuffix("/_config/acme/ci") } == 1 && again.count == 3)
            }
        }

        @Test("a delivery for it makes the configuration be read at once and says what it was")
        func delivery() async throws {
            try await ControllerFixture.with { fixture in
                let project = try await fixture.sync()
                let name = try #require(RepositoryName("acme/ci"))
                try await fixture.withServices(fixture.configurationServices) {
                    let head = try await fixture.commit(
                        files: ["projects/widget.yaml": ControllerFixture.widget + "\nowner: acme\n"], to: "acme/ci")
                    let payload = """
                        {"ref": "refs/heads/main", "after": "\(head)", "head_commit": {"id": "\(head)"}}
                        """
                    let isNew = try await fixture.store.inbox.store(
                        NewDelivery(
                            repository: name, hook: .adminRepository, guid: "1", event: "push",
                            payload: Array(payload.utf8)))
                    #expect(isNew)
                    try await fixture.until([.config, .deliveries], "the owner") {
                        try await fixture.store.project(id: project.id)?.config.owner == "acme"
                    }
                    let rows = try await fixture.store.deliveries(name, limit: 10)
                    #expect(rows.first?.hook == .adminRepository)
                    #expect(
                        rows.first?.decision == "the admin repository changed: main is at \(head.prefix(12))")
                }
            }
        }

        @Test(
            "the admin repository is known by every form of its address",
            arguments: [
                ("https://github.com/acme/ci", "acme/ci"), ("https://github.com/acme/ci.git", "acme/ci"),
                ("https://GitHub.com/acme/ci/", "acme/ci"), ("git@github.com:acme/ci.git", "acme/ci"),
                ("ssh://git@github.com:22/acme/ci.git", "acme/ci"), ("https://github.com/acme/ci/tree/main", nil),
                ("/srv/git/ci", nil), ("file:///srv/ci", nil), ("git@example.org:acme/ci.git", nil),
                ("https://github.com.example.org/acme/ci", nil),
            ])
        func names(url: String, name: String?) throws {
            let configuration = ControllerConfiguration(
                dataDirectory: "/tmp", adminRepository: GitRemote(url: url), adminBranch: nil,
                externalURL: "http://127.0.0.1", gitHubURL: "https://github.com", gitCredentials: .none,
                maximumJobs: 1, syncInterval: .seconds(60),
                secretKey: try #require(SecretKey(bytes: Array(repeating: 1, count: 32))), instance: "x")
            #expect(configuration.adminRepositoryName?.description == name)
        }
    }
}
