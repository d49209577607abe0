import Foundation
import Model
import OpenSSL
import Store
import Testing

@testable import Web

@Suite("Deliveries while a webhook's secret is replaced")
struct RotatedSecretTests {
    private let payload = Array(#"{"zen":"Anything added dilutes everything else"}"#.utf8)

    private func deliver(_ site: Site, generation: Int, key: SecretKey? = nil, hookID: Int64 = 5) async throws -> Int {
        let (repository, hook) = (try Site.repository("acme/widget"), try Site.hook("tests"))
        let secret = (key ?? site.key).webhookSecret(repository, hook, generation: generation)
        let headers = [
            "X-GitHub-Delivery": UUID().uuidString, "X-GitHub-Event": "push", "Content-Type": "application/json",
            "X-GitHub-Hook-ID": "\(hookID)",
            "X-Hub-Signature-256": "sha256=\(Hex.encode(HMAC.sha256(key: Array(secret.utf8), payload)))",
        ]
        return try await site.client.send(
            "POST", "/_hooks/acme/widget/tests?rotation=\(generation)", headers, body: payload
        ).status
    }

    private func record(_ site: Site, _ project: ProjectRecord, generation: Int) throws -> WebhookRecord {
        let hook = try Site.hook("tests")
        return WebhookRecord(
            projectID: project.id, hook: hook, githubID: 5,
            secretFingerprint: site.key.webhookSecretFingerprint(
                project.repository, hook, generation: generation), url: "x")
    }

    @Test("both secrets are accepted from before GitHub is told until an hour after; then only the new one")
    func overlap() async throws {
        try await Site.with { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["tests"])])[0]
            try await site.store.saveWebhook(record(site, project, generation: 1))
            #expect(try await deliver(site, generation: 1) == 202)
            #expect(try await deliver(site, generation: 2) == 401)
            let wish = RotationRequest(id: "1", kind: .webhookSecrets, repositories: [project.repository])
            _ = try await site.store.rotate(wish, adminRepository: nil)
            for generation in [2, 1] { #expect(try await deliver(site, generation: generation) == 202) }
            try await site.store.saveWebhook(record(site, project, generation: 2))
            for generation in [2, 1] { #expect(try await deliver(site, generation: generation) == 202) }
            site.clock.advance(3590)
            for generation in [2, 1] { #expect(try await deliver(site, generation: generation) == 202) }
            site.clock.advance(20)
            #expect(try await deliver(site, generation: 1) == 401)
            #expect(try await deliver(site, generation: 2) == 202)
            #expect(try await deliver(site, generation: 3) == 401)
        }
    }

    @Test("a former secret key counts for what GitHub still has, and a signature of no key is noted once")
    func formerKey() async throws {
        let former = try #require(SecretKey(bytes: [UInt8](repeating: 8, count: 32)))
        try await Site.with(oldSecretKeys: [former]) { site in
            let project = try await site.declare([try Site.project("acme/widget", hooks: ["tests"])])[0]
            #expect(try await deliver(site, generation: 1, key: former) == 401, "GitHub never had that one")
            var old = try record(site, project, generation: 1)
            old.secretFingerprint = former.webhookSecretFingerprint(project.repository, old.hook)
            old.updatedAt = site.clock.now.addingTimeInterval(-3600)
            try await site.store.saveWebhook(old)
            #expect(try await deliver(site, generation: 1, key: former) == 202)
            #expect(try await deliver(site, generation: 1) == 202)
            let stranger = try #require(SecretKey(bytes: [UInt8](repeating: 9, count: 32)))
            #expect(try await deliver(site, generation: 1, key: stranger, hookID: 6) == 401)
            #expect(try await site.store.webhooks(project.id).first?.refusedAt == nil)
            #expect(try await deliver(site, generation: 1, key: stranger) == 401)
            #expect(try await site.store.webhooks(project.id).first?.refusedAt != nil)
            #expect(try await site.store.takeWantedSyncs() == [project.id])
        }
    }
}
