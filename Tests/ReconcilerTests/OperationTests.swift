import Foundation
import GitHub
import Model
import Reconciler
import Testing

/// One row for each operation: what GitHub has before, what is declared, what the plan says.
struct OperationRow: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var repository = "guild/gear"
    var prepare: @Sendable (SimulatedGitHub) async throws -> Void = { _ in }
    var desired: @Sendable (inout DesiredRepository) throws -> Void
    /// The beginnings of the plan's lines.
    var lines: [String]

    static let key = DeployKeyIdentity(
        publicKey: "ssh-ed25519 "
            + Data([0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + [UInt8](repeating: 7, count: 32))
            .base64EncodedString() + " comment", fingerprint: "SHA256:seven")
    private static let title = "Kozmic \(external)"

    static let all: [OperationRow] = webhooks + keys + people + teams

    private static func hook(_ desired: DesiredRepository, _ name: String) throws -> DesiredWebhook {
        let id = try hookID(name)
        let url = WebhookAddress.url(externalURL: external, repository: desired.repository, hook: id)
        return DesiredWebhook(hook: id, url: url, events: ["push"], secretFingerprint: "s")
    }

    private static let webhooks = [
        OperationRow(
            testDescription: "webhook: create", desired: { $0.webhooks = [try hook($0, "tests")] },
            lines: ["+ webhook tests: url \(external)/_hooks/guild/gear/tests, events push"]),
        OperationRow(
            testDescription: "webhook: update",
            prepare: {
                _ = try await $0.client.createHook(
                    "guild/gear",
                    GitHubHookSpec(
                        url: "\(external)/_hooks/guild/gear/tests", events: ["release"], secret: GitHubSecret("x")))
            }, desired: { $0.webhooks = [try hook($0, "tests")] }, lines: ["~ webhook tests ("]),
        OperationRow(
            testDescription: "webhook: delete",
            prepare: {
                _ = try await $0.client.createHook(
                    "guild/gear",
                    GitHubHookSpec(
                        url: "\(external)/_hooks/guild/gear/old", events: ["push"], secret: GitHubSecret("x")))
            }, desired: { _ in }, lines: ["- webhook \(external)/_hooks/guild/gear/old ("]),
    ]

    private static func makeKey(_ title: String, isReadOnly: Bool) -> @Sendable (SimulatedGitHub) async throws -> Void {
        {
            _ = try await $0.client.createDeployKey(
                "guild/gear", title: title, key: key.publicKey, isReadOnly: isReadOnly)
        }
    }

    private static let keys = [
        OperationRow(
            testDescription: "deploy key: create a new one for a private repository",
            desired: { $0.deployKey.mode = .auto },
            lines: ["+ deploy key \(title): fingerprint of a new key, read_only true"]),
        OperationRow(
            testDescription: "deploy key: create the one we hold for a public repository", repository: "acme/widget",
            desired: { $0.deployKey = DesiredDeployKey(mode: .always, title: title, held: key) },
            lines: ["+ deploy key \(title): fingerprint SHA256:seven, read_only true"]),
        OperationRow(
            testDescription: "deploy key: replace one that may push",
            prepare: makeKey("by hand", isReadOnly: false),
            desired: { $0.deployKey = DesiredDeployKey(mode: .auto, title: title, held: key) },
            lines: ["~ deploy key \(title) ("]),
        OperationRow(
            testDescription: "deploy key: delete", prepare: makeKey(title, isReadOnly: true),
            desired: { $0.deployKey = DesiredDeployKey(mode: .never, title: title, held: key) },
            lines: ["- deploy key \(title) ("]),
    ]

    private static func collaborator(
        _ login: String, _ level: String
    ) -> @Sendable (SimulatedGitHub) async throws -> Void {
        { try await $0.control("PUT", "repos/guild/gear/collaborators/\(login)", ["permission": level]) }
    }

    private static func invitation(
        _ login: String, _ level: String
    ) -> @Sendable (SimulatedGitHub) async throws -> Void {
        { _ = try await $0.client.setCollaborator("guild/gear", login: login, permission: level) }
    }

    private static let people = [
        OperationRow(
            testDescription: "collaborator: invite an outsider",
            desired: { $0.permissions.collaborators = ["Alice": .push] },
            lines: ["+ collaborator Alice: permission push"]),
        OperationRow(
            testDescription: "collaborator: add a member of the organization",
            desired: { $0.permissions.collaborators = ["mona": .maintain] },
            lines: ["+ collaborator mona: permission maintain"]),
        OperationRow(
            testDescription: "collaborator: raise", prepare: collaborator("alice", "pull"),
            desired: { $0.permissions.collaborators = ["alice": .admin] },
            lines: ["~ collaborator alice: permission: pull -> admin"]),
        OperationRow(
            testDescription: "collaborator: lower", prepare: collaborator("alice", "push"),
            desired: { $0.permissions.collaborators = ["alice": .triage] },
            lines: ["~ collaborator alice: permission: push -> triage"]),
        OperationRow(
            testDescription: "collaborator: remove", prepare: collaborator("alice", "push"),
            desired: { $0.permissions.authoritative = true }, lines: ["- collaborator alice: permission push"]),
        OperationRow(
            testDescription: "invitation: change", prepare: invitation("alice", "pull"),
            desired: { $0.permissions.collaborators = ["alice": .push] },
            lines: ["~ invitation alice ("]),
        OperationRow(
            testDescription: "invitation: withdraw", prepare: invitation("alice", "push"),
            desired: { $0.permissions.authoritative = true }, lines: ["- invitation alice ("]),
    ]

    private static func team(_ level: String) -> @Sendable (SimulatedGitHub) async throws -> Void {
        { try await $0.client.setTeam("guild/gear", slug: "core", permission: level) }
    }

    private static let teams = [
        OperationRow(
            testDescription: "team: grant", desired: { $0.permissions.teams = ["core": .maintain] },
            lines: ["+ team core: permission maintain"]),
        OperationRow(
            testDescription: "team: change", prepare: team("maintain"),
            desired: { $0.permissions.teams = ["core": .push] },
            lines: ["~ team core: permission: maintain -> push"]),
        OperationRow(
            testDescription: "team: revoke", prepare: team("push"),
            desired: { $0.permissions.authoritative = true }, lines: ["- team core: permission push"]),
    ]
}

@Suite struct OperationTests {
    enum Trouble: String, CaseIterable { case none, lostAnswers, refusals }

    @Test(
        "each operation does what the plan says, may be applied twice, and leaves nothing to do, whatever gets lost",
        arguments: OperationRow.all, Trouble.allCases)
    func table(row: OperationRow, trouble: Trouble) async throws {
        try await SimulatedGitHub.with { github in
            try await github.makeGuild()
            try await row.prepare(github)
            var desired = try DesiredRepository(row.repository)
            try row.desired(&desired)
            var known: [Int64: String] = [:]
            var seen = try await github.observe(desired, name: row.repository)
            let plan = Planner.plan(desired, seen, externalURL: external)
            #expect(plan.problems.isEmpty)
            for (line, beginning) in zip(plan.operations.map(\.description), row.lines) {
                #expect(line.hasPrefix(beginning))
            }
            #expect(plan.operations.count == row.lines.count)

            switch trouble {
            case .none: break
            case .lostAnswers:
                for method in ["POST", "PUT", "PATCH", "DELETE"] {
                    try await github.spoil(method, "/**", action: "disconnect", after: true, times: 1)
                }
            case .refusals:
                for method in ["POST", "PUT", "PATCH", "DELETE"] {
                    try await github.spoil(method, "/**", action: "status", after: false, times: 3)
                }
            }
            let applier = Applier(client: github.client, secret: { "\($0)" }, newDeployKey: { OperationRow.key })
            func apply(_ operation: Reconciler.Operation) async throws {
                let result = try await applier.apply(operation, desired.repository)
                seen = seen.after(operation, result)
                switch result {
                case .webhook(let webhook): known[webhook.githubID] = webhook.secretFingerprint
                case .deployKey(let key): desired.deployKey.held = key.key
                case .inherited, .invited, .done: break
                }
            }
            for operation in plan.operations {
                if trouble == .refusals {
                    await #expect(throws: GitHubError.self) { try await apply(operation) }
                }
            }
            if trouble != .refusals {
                for operation in plan.operations { try await apply(operation) }
                for operation in plan.operations { try await apply(operation) }
            }
            try await github.control("DELETE", "faults", nil)
            let again = Planner.plan(
                desired, try await github.observe(desired, known: known, name: row.repository), externalURL: external)
            if trouble != .refusals { #expect(again.isEmpty, "\(again)") }
            for operation in again.operations { try await apply(operation) }
            let rest = Planner.plan(
                desired, try await github.observe(desired, known: known, name: row.repository), externalURL: external)
            #expect(rest.isEmpty, "\(rest)")
            // What the answers told is what a look shows.
            let remembered = Planner.plan(desired, seen, externalURL: external)
            #expect(remembered.isEmpty, "\(remembered)")
            let there = try await github.observe(desired, known: known, name: row.repository)
            #expect(Set(seen.webhooks.map(\.id)) == Set(there.webhooks.map(\.id)))
            #expect(Set(seen.deployKeys) == Set(there.deployKeys))
            // An answer to a write tells no account's number.
            let people = { (list: [ObservedCollaborator]) in Set(list.map { [$0.login, $0.level] }) }
            #expect(people(seen.collaborators) == people(there.collaborators))
            #expect(Set(seen.teams) == Set(there.teams))
            #expect(Set(seen.invitations.map(\.id)) == Set(there.invitations.map(\.id)))
        }
    }

    @Test("a level that an owner of the organization has anyway is noticed once and then left alone")
    func inherited() async throws {
        try await SimulatedGitHub.with { github in
            try await github.makeGuild()
            try await github.control("PUT", "repos/guild/gear/collaborators/founder", ["permission": "admin"])
            var desired = try DesiredRepository("guild/gear")
            desired.permissions.collaborators = ["founder": .push]
            desired.permissions.teams = ["core": .admin]
            var inherited: [String: String] = [:]
            for _ in 0..<2 {
                let observed = try await github.observe(desired, inherited: inherited, name: "guild/gear")
                let applier = Applier(client: github.client, secret: { "\($0)" }, newDeployKey: { OperationRow.key })
                for operation in Planner.plan(desired, observed, externalURL: external).operations {
                    guard case .inherited(let key, let level) = try await applier.apply(operation, desired.repository)
                    else { continue }
                    inherited[key] = level
                }
            }
            #expect(inherited == ["collaborator founder": "admin"])
            #expect(try await github.writes().filter { $0.hasSuffix("/collaborators/founder") }.count == 1)
        }
    }

    @Test("names that GitHub does not know are told by name")
    func unknownNames() async throws {
        try await SimulatedGitHub.with { github in
            try await github.makeGuild()
            let applier = Applier(client: github.client, secret: { "\($0)" }, newDeployKey: { OperationRow.key })
            let repository = try #require(RepositoryName("guild/gear"))
            let person = await #expect(throws: GitHubError.self) {
                try await applier.apply(.permission(.invite(login: "nobody", .push)), repository)
            }
            #expect(person?.message == "GitHub knows no account 'nobody', which is declared as a collaborator")
            let team = await #expect(throws: GitHubError.self) {
                try await applier.apply(.permission(.grantTeam(slug: "nobody", .push)), repository)
            }
            #expect(team?.message == "the organization has no team 'nobody', which is declared")
        }
    }

    @Test("a key that another repository has is not ours to take: a new one is made")
    func keyInUse() async throws {
        try await SimulatedGitHub.with { github in
            try await github.makeGuild()
            _ = try await github.client.createDeployKey("acme/widget", title: "x", key: OperationRow.key.publicKey)
            let fresh = DeployKeyIdentity(
                publicKey: OperationRow.key.publicKey.replacing("BwcH", with: "CAgI"), fingerprint: "SHA256:eight")
            let applier = Applier(client: github.client, secret: { "\($0)" }, newDeployKey: { fresh })
            let repository = try #require(RepositoryName("guild/gear"))
            let result = try await applier.apply(.deployKey(.create(title: "t", OperationRow.key)), repository)
            guard case .deployKey(let made) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(made.key == fresh)
            #expect(try await github.client.deployKeys("guild/gear").map(\.id) == [made.id])
        }
    }
}

extension SimulatedGitHub {
    /// An organization with a team, members and a private repository.
    func makeGuild() async throws {
        for login in ["alice", "mona", "founder"] { try await control("POST", "users", ["login": login]) }
        try await control("POST", "orgs", ["login": "guild", "owners": ["acme", "founder"], "members": ["mona"]])
        try await control("POST", "orgs/guild/teams", ["name": "core", "members": ["mona"]])
        try await control("POST", "repos", ["owner": "guild", "name": "gear", "private": true])
    }
}
