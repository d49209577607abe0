import Curl
import Foundation
import Testing

@testable import kozmic

/// Who joins or leaves a team is told only to webhooks of organizations and of apps, which people make by hand.
@Suite("Webhooks of organizations and of apps", .timeLimit(.minutes(10)))
struct AccountWebhookTests {
    private static let files = [
        "projects/project.yaml": """
        repository: REPOSITORY
        hooks:
          tests:
            image: IMAGE
            build_script: "#!/bin/sh\\ntrue\\n"
        """
    ]

    private struct Webhook: Decodable {
        var url: String
        var secret: String
        var events: [String]
    }

    private struct Delivery: Decodable {
        var event: String
        var url: String
        var statusCode: Int?
    }

    @Test("an organization's webhook: roles follow teams and members at once; a forged delivery is refused")
    func organization() async throws {
        try await World.with(Self.files) { world in
            let webhook = try await webhook(world)
            #expect(webhook.url == "\(world.client.kozmic)/_events")
            try await world.ask(
                "POST", "orgs/acme/hooks",
                [
                    "name": "web", "active": true, "events": webhook.events,
                    "config": ["url": webhook.url, "content_type": "json", "secret": webhook.secret],
                ])
            try await follow(world, "wanda")

            // Somebody who is not GitHub.
            try await world.fault(["target": "webhook", "action": "forge", "event": "membership"])
            try await world.ask("PUT", "orgs/acme/teams/wanda-s/memberships/octocat")
            try await world.client.control("GET", "idle?timeout=60000")
            let deliveries = try await world.client.control("GET", "deliveries", as: [Delivery].self)
                .filter { $0.url == webhook.url }
            #expect(deliveries.last?.event == "membership" && deliveries.last?.statusCode == 401)
            #expect(deliveries.dropLast().allSatisfy { $0.statusCode == 202 }, "\(deliveries)")

            // A member of the organization reads what is its own.
            try await world.client.control("POST", "users", ["login": "mirko"])
            let owners = ["octocat", "kozmic"]
            try await world.client.control("POST", "orgs", ["login": "acme", "owners": owners, "members": ["mirko"]])
            try await shows(world, "\(world.repository)/settings", "mirko")
            try await world.client.control("POST", "orgs", ["login": "acme", "owners": owners])
            try await isGone(world, "mirko")
            #expect(!world.controllerLog.contains(webhook.secret))
        }
    }

    @Test("an app's webhook tells the same")
    func app() async throws {
        try await World.with(Self.files, World.Setup(serves: false)) { world in
            let flags = try await world.makeApp([
                "contents": "read", "statuses": "write", "pull_requests": "read", "administration": "write",
                "repository_hooks": "write", "members": "read",
            ])
            try await world.install()
            try await world.serve(flags, token: "")
            let webhook = try await webhook(world)
            try await world.client.control(
                "PATCH", "apps/\(world.app())",
                ["webhook": ["url": webhook.url, "secret": webhook.secret], "events": webhook.events + ["push"]])
            try await follow(world, "wilma")

            // Builds come from the hooks' own webhooks: what the app is told beside that is not kept.
            let commit = try await world.push(["a": "1"])
            try await world.client.control("GET", "idle?timeout=60000")
            let deliveries = try await world.client.control("GET", "deliveries", as: [Delivery].self)
            #expect(deliveries.count { $0.event == "push" && $0.statusCode == 202 } == 2)
            let push = ">push <span class=\"ref\">main"
            try await shows(world, "_deliveries", push)
            let page = try await world.client.page("_deliveries") ?? ""
            #expect(page.contains("/_deliveries?repository=acme/_events"))
            #expect(page.components(separatedBy: push).count == 2, "\(commit): \(page)")

            try await world.client.control("PATCH", "apps/\(world.app())/installations/acme", ["suspended": true])
            try await shows(world, "_deliveries", "what the app may do changed; it is read from GitHub again")
        }
    }

    private func webhook(_ world: World) async throws -> Webhook {
        let printed = try await Shell.run(
            Program.kozmic,
            [
                "account-webhook", "--output", "json", "--data-dir", world.dataDirectory, "--external-url",
                world.client.kozmic,
            ])
        return try JSONDecoder().decode(Webhook.self, from: Data(printed.utf8))
    }

    /// A team gets access, somebody joins it and leaves it again. Roles are read every ten minutes otherwise.
    private func follow(_ world: World, _ login: String) async throws {
        try await shows(world, "\(world.repository)/settings", "octocat")
        try await world.client.control("POST", "users", ["login": login])
        try await world.ask("POST", "orgs/acme/teams", ["name": "\(login)'s"])
        let team = "orgs/acme/teams/\(login)-s"
        try await world.ask("PUT", "\(team)/repos/\(world.repository)", ["permission": "push"])
        try await world.client.control("GET", "idle?timeout=60000")
        try await world.ask("PUT", "\(team)/memberships/\(login)")
        try await shows(world, "\(world.repository)/settings", login)
        try await shows(world, "_deliveries", "membership")
        try await world.ask("DELETE", "\(team)/memberships/\(login)")
        try await isGone(world, login)
    }

    /// Other worlds may be busy beside this one.
    private func shows(_ world: World, _ path: String, _ text: String) async throws {
        try await world.client.eventually("'\(text)' on /\(path)") {
            try await world.client.page(path)?.contains(text) == true ? true : nil
        }
    }

    private func isGone(_ world: World, _ login: String) async throws {
        try await world.client.eventually("\(login) is gone") {
            try await world.client.page("\(world.repository)/settings")?.contains(login) == false ? true : nil
        }
    }
}

extension World {
    /// What an owner of the organization asks GitHub's API.
    func ask(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil) async throws {
        let bytes = try body.map { Array(try JSONSerialization.data(withJSONObject: $0)) }
        let answer = try await curl.send(
            CurlRequest(
                method: method, url: "\(client.gitHub)/api/v3/\(path)",
                headers: [
                    CurlHeader(name: "Authorization", value: "Bearer token-of-octocat"),
                    CurlHeader(name: "Content-Type", value: "application/json"),
                ], body: bytes.map { .bytes($0) } ?? .none))
        guard answer.status < 300 else {
            throw Shell.Failed(
                description: "\(method) \(path): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
    }
}
