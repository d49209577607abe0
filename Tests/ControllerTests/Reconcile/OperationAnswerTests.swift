import Foundation
import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

/// A write, and what makes a pass want it.
struct TroubledWrite: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var method: String
    /// Below the repository, or below the team.
    var path: String
    /// What is declared first, and then.
    var before: @Sendable (inout Project) -> Void = { _ in }
    var after: @Sendable (inout Project) -> Void = { _ in }
    /// What somebody does on GitHub in between.
    var meddle: @Sendable (GitHubWorld, String) async throws -> Void = { _, _ in }

    static let all: [TroubledWrite] = [
        TroubledWrite(
            testDescription: "make a webhook", method: "POST", path: "hooks", after: { add("style", to: &$0) }),
        TroubledWrite(
            testDescription: "repair a webhook", method: "PATCH", path: "hooks/*",
            meddle: { world, name in
                let hook = try #require(try await world.client.hooks(name).first)
                _ = try await world.client.updateHook(
                    name, hook.id, GitHubHookSpec(url: hook.url, events: ["issues"], secret: GitHubSecret("x")))
            }),
        TroubledWrite(
            testDescription: "delete a webhook", method: "DELETE", path: "hooks/*", before: { add("style", to: &$0) }),
        TroubledWrite(
            testDescription: "make a deploy key", method: "POST", path: "keys", after: { $0.deployKey = .always }),
        TroubledWrite(
            testDescription: "delete a deploy key", method: "DELETE", path: "keys/*",
            before: { $0.deployKey = .always },
            after: { $0.deployKey = .never }),
        TroubledWrite(
            testDescription: "invite a collaborator", method: "PUT", path: "collaborators/alice",
            after: { $0.permissions.collaborators = ["alice": .push] }),
        TroubledWrite(
            testDescription: "remove a collaborator", method: "DELETE", path: "collaborators/alice",
            after: { $0.permissions.authoritative = true },
            meddle: { world, name in
                try await world.control("PUT", "repos/\(name)/collaborators/alice", ["permission": "push"])
            }),
        TroubledWrite(
            testDescription: "change an invitation", method: "PATCH", path: "invitations/*",
            before: { $0.permissions.collaborators = ["alice": .push] },
            after: { $0.permissions.collaborators = ["alice": .maintain] }),
        TroubledWrite(
            testDescription: "give a team access", method: "PUT", path: "/orgs/guild/teams/core/repos/",
            after: { $0.permissions.teams = ["core": .push] }),
        TroubledWrite(
            testDescription: "take it from a team", method: "DELETE", path: "/orgs/guild/teams/core/repos/",
            before: { $0.permissions.teams = ["core": .push] }, after: { $0.permissions.authoritative = true }),
    ]

    private static func add(_ id: String, to project: inout Project) {
        guard let id = HookID(id) else { return }
        project.hooks.append(Hook(id: id, image: "debian", buildScript: "#!/bin/sh\ntrue\n"))
    }

    /// For a fault.
    func pattern(_ repository: String) -> String {
        path.hasPrefix("/") ? path + repository : "/repos/\(repository)/\(path)"
    }
}

/// An answer of GitHub's to a write.
struct TroubledAnswer: Sendable {
    var name: String
    var fault: [String: any Sendable]
    var allowed: Set<ProjectCondition.Status>
    /// A part of the reason, when it is not ready.
    var reason: String
    /// Whether GitHub itself says how long to wait.
    var isLimit = false

    static let all: [TroubledAnswer] = [
        TroubledAnswer(name: "401", fault: status(401), allowed: [.stalled], reason: "--github-token-file"),
        TroubledAnswer(
            name: "403", fault: status(403, "Must have admin rights"), allowed: [.stalled], reason: "forbids"),
        TroubledAnswer(
            name: "403, quota used up",
            fault: status(403, "API rate limit exceeded").merging([
                "headers": ["X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"]
            ]) { $1 }, allowed: [.reconciling], reason: "used up; this goes on at", isLimit: true),
        TroubledAnswer(
            name: "403, secondary limit", fault: status(403, "You have exceeded a secondary rate limit"),
            allowed: [.reconciling], reason: "fewer requests; this goes on at", isLimit: true),
        // What is not there need not be removed, and what somebody removed is made again.
        TroubledAnswer(name: "404", fault: status(404, "Not Found"), allowed: [.stalled, .ready], reason: ""),
        TroubledAnswer(name: "409", fault: status(409, "Conflict"), allowed: [.reconciling], reason: "busy"),
        TroubledAnswer(name: "422", fault: status(422, "Validation Failed"), allowed: [.stalled], reason: "refuses"),
        TroubledAnswer(
            name: "429, Retry-After", fault: status(429, "slow").merging(["headers": ["Retry-After": "7"]]) { $1 },
            allowed: [.reconciling], reason: "fewer requests", isLimit: true),
        TroubledAnswer(
            name: "429", fault: status(429, "slow"), allowed: [.reconciling], reason: "fewer requests", isLimit: true),
        TroubledAnswer(name: "500", fault: ["status": 500], allowed: [.reconciling], reason: "has trouble"),
        TroubledAnswer(name: "502, a page", fault: ["status": 502], allowed: [.reconciling], reason: "has trouble"),
        TroubledAnswer(name: "503", fault: status(503, "No server"), allowed: [.reconciling], reason: "No server"),
        TroubledAnswer(
            name: "cut connection", fault: ["action": "disconnect"], allowed: [.reconciling],
            reason: "cannot be reached"),
        // Some answers need not be read; then the next pass finds that nothing was done.
        TroubledAnswer(
            name: "wrong JSON", fault: ["status": 200, "body": ["x": 1]], allowed: [.reconciling, .ready], reason: ""),
        TroubledAnswer(
            name: "a proxy's page", fault: ["status": 200, "body": "<html>Welcome</html>"],
            allowed: [.reconciling, .ready], reason: ""),
    ]

    private static func status(_ status: Int, _ message: String = "No") -> [String: any Sendable] {
        ["status": status, "body": ["message": message]]
    }
}

@Suite("Every write meets every answer")
struct OperationAnswerTests {
    @Test(
        "a defined condition with its way out, few requests, and all is well once GitHub is",
        .timeLimit(.minutes(5)), arguments: TroubledWrite.all)
    func table(write: TroubledWrite) async throws {
        try await GitHubWorld.with { world in
            try await world.control("POST", "orgs/guild/teams", ["name": "Core"])
            for (number, answer) in TroubledAnswer.all.enumerated() {
                let name = "guild/part\(number)"
                try await world.control("POST", "repos", ["owner": "guild", "name": "part\(number)"])
                try await world.declare([try GitHubWorld.project(name, write.before)], commit: "a\(number)")
                _ = try await world.reconcile(name)
                try await write.meddle(world, name)
                try await world.declare([try GitHubWorld.project(name, write.after)], commit: "b\(number)")
                var fault: [String: any Sendable] = [
                    "target": "request", "method": write.method, "path": write.pattern(name), "action": "status",
                    "times": -1,
                ]
                fault.merge(answer.fault) { $1 }
                try await world.control("POST", "faults", fault)
                _ = try await world.newWrites()

                let (condition, wait) = try await outcome(world, name)
                let what: Comment = "\(answer.name): \(condition.status), \(condition.reason ?? "no reason")"
                #expect(answer.allowed.contains(condition.status), what)
                if condition.status != .ready {
                    let reason = try #require(condition.reason, what)
                    #expect(answer.reason.isEmpty ? !reason.isEmpty : reason.contains(answer.reason), what)
                }
                #expect(!answer.isLimit || (wait ?? .zero) >= .seconds(5), what)
                #expect(try await world.newWrites().count <= 3, what)

                try await world.control("DELETE", "faults")
                _ = try await world.reconcile(name)
                let last = try await world.reconcile(name)
                #expect(last.condition.status == .ready && last.operations.isEmpty, what)
            }
        }
    }

    /// What a pass makes of the project, and GitHub's wish for the next one.
    private func outcome(_ world: GitHubWorld, _ name: String) async throws -> (ProjectCondition, Duration?) {
        do {
            return (try await world.reconcile(name).condition, nil)
        } catch let problem as ReconcileProblem {
            return (
                ProjectCondition(status: problem.isStalled ? .stalled : .reconciling, reason: problem.reason),
                problem.retryAfter
            )
        }
    }

    @Test("transferred, made private, a webhook switched off, deleted and made again: each is followed or said")
    func repositories() async throws {
        try await GitHubWorld.with { world in
            let name = "guild/widget"
            try await world.declare([try GitHubWorld.project(name)], commit: "c1")
            _ = try await world.reconcile(name)
            let hook = try #require(try await world.client.hooks(name).first)
            var off = GitHubHookSpec(url: hook.url, events: hook.events, secret: GitHubSecret("x"))
            off.active = false
            _ = try await world.client.updateHook(name, hook.id, off)
            #expect(try await world.reconcile(name).operations.count == 1)
            #expect(try await world.client.hooks(name).first?.active == true)

            try await world.control("PATCH", "repos/\(name)", ["private": true])
            #expect(try await world.reconcile(name).operations.map(\.part) == [.deployKey])

            try await world.control("POST", "orgs", ["login": "league", "owners": ["kozmic"]])
            try await world.control("PATCH", "repos/\(name)", ["owner": "league"])
            let moved = try await world.reconcile(name)
            #expect(moved.condition.status == .ready)
            #expect(moved.condition.reason?.contains("league/widget") == true)

            try await world.control("DELETE", "repos/league/widget")
            let (gone, _) = try await outcome(world, name)
            #expect(gone.status == .stalled)
            #expect(gone.reason?.contains("knows no repository") == true)
            try await world.control("POST", "repos", ["owner": "guild", "name": "widget"])
            let again = try await world.reconcile(name)
            #expect(again.condition.status == .ready)
            #expect(again.operations.contains { $0.part == .webhooks })
            #expect(try await world.reconcile(name).operations.isEmpty)
        }
    }
}
