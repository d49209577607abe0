import Foundation
import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

@Suite("What GitHub refuses about one person or team")
struct RefusalsTests {
    @Test("misspelt names hold up nobody else: people are invited, lowered and removed, and each name is said")
    func misspelt() async throws {
        try await GitHubWorld.with { world in
            for login in ["mona", "hubot"] {
                try await world.control("POST", "users", ["login": login])
                try await world.control("PUT", "repos/guild/widget/collaborators/\(login)", ["permission": "push"])
            }
            let project = try GitHubWorld.project("guild/widget") {
                $0.permissions.authoritative = true
                $0.permissions.teams = ["nosuch": .push]
                $0.permissions.collaborators = ["alice": .push, "a-nobody": .pull, "mona": .pull]
            }
            try await world.declare([project], commit: "c1")
            let result = try await world.reconcile("guild/widget")
            #expect(
                result.operations.filter { $0.part == .permissions }.map(\.description) == [
                    "+ collaborator alice: permission push", "~ collaborator mona: permission: push -> pull",
                    "- collaborator hubot: permission push",
                ])
            let condition = result.condition
            #expect(condition.status == .stalled)
            #expect(
                condition.reason == "team nosuch: GitHub refuses it: the organization has no team 'nosuch', which is "
                    + "declared. collaborator a-nobody: GitHub refuses it: GitHub knows no account 'a-nobody', which is "
                    + "declared as a collaborator.")
            let people = try await world.client.collaborators("guild/widget", affiliation: .direct)
            #expect(people.map(\.login) == ["mona"] && people.first?.roleName == "read")
            #expect(try await world.reconcile("guild/widget").operations.isEmpty)

            try await world.control("POST", "orgs/guild/teams", ["name": "nosuch"])
            try await world.control("POST", "users", ["login": "a-nobody"])
            #expect(try await world.reconcile("guild/widget").condition.status == .ready)
        }
    }

    @Test("what means the same for all stops at once")
    func forAll() async throws {
        try await GitHubWorld.with { world in
            try await world.control("PUT", "repos/guild/widget/collaborators/alice", ["permission": "push"])
            let project = try GitHubWorld.project("guild/widget") {
                $0.permissions.collaborators = ["alice": .pull, "octocat": .push]
            }
            try await world.declare([project], commit: "c1")
            for status in [403, 409, 503] {
                let fault: [String: any Sendable] = [
                    "target": "request", "method": "PUT", "path": "/repos/guild/widget/collaborators/*",
                    "action": "status", "status": status, "body": ["message": "No"], "times": -1,
                ]
                try await world.control("POST", "faults", fault)
                _ = try await world.newWrites()
                _ = try? await world.reconcile("guild/widget")
                let writes = try await world.newWrites()
                #expect(!writes.contains { $0.hasSuffix("collaborators/alice") }, "\(status): \(writes)")
                try await world.control("DELETE", "faults")
            }
        }
    }

    @Test("rights that are not taken away come first, and the list has an end; the last admin waits for another one")
    func order() throws {
        let repository = try #require(RepositoryName("acme/widget"))
        var observed = ObservedRepository(
            fullName: "acme/widget", isPrivate: false, isOrganization: true, viewer: "kozmic")
        observed.collaborators = [ObservedCollaborator(login: "mona", level: "admin")]
        let desired = DesiredRepository(
            repository: repository, deployKey: DesiredDeployKey(mode: .never, title: "Kozmic"))
        let error = GitHubError(kind: .validation([]), message: "no")
        var refusals = Refusals()
        let removal = Reconciler.Operation.permission(.remove(login: "mona", from: "admin"))
        let isHeldAtFirst = refusals.hold(removal, desired, observed)
        for number in 1...6 {
            refusals.note(.permission(.grantTeam(slug: "t\(number)", .admin)), error, repository)
        }
        let isHeldThen = refusals.hold(removal, desired, observed)
        #expect(!isHeldAtFirst && isHeldThen)
        let again = Reconciler.Operation.permission(.revokeTeam(slug: "T1", from: "push"))
        let isTriedAgain = !refusals.hold(again, desired, observed)
        #expect(!isTriedAgain)
        #expect(refusals.parts == [.permissions] && refusals.isStalled)
        let reasons = refusals.reasons
        #expect(reasons.count == 6)
        #expect(reasons[0].hasPrefix("removing collaborator mona: nobody would be left with admin rights"))
        #expect(reasons[1] == "team t1: GitHub refuses it: no.")
        #expect(reasons[5] == "2 more could not be done.")
        let isKeyHeld = refusals.hold(.deployKey(.delete(id: 1, title: "x")), desired, observed)
        #expect(!isKeyHeld)
    }

    @Test("less than admin for the token's own account: the plan says so first, nothing is given, the condition agrees")
    func ownAccount() async throws {
        try await GitHubWorld.with { world in
            let project = try GitHubWorld.project("guild/widget") {
                $0.permissions.authoritative = true
                $0.permissions.collaborators = ["kozmic": .pull]
            }
            try await world.declare([project], commit: "c1")
            let live = LivePlan(
                client: world.client, externalURL: world.configuration.externalURL,
                secretKey: world.configuration.secretKey, records: nil)
            let planned = try #require(await live.entries(DesiredState(projects: [project])).first?.plan?.problems)
            #expect(planned == [.ownAccount(login: "kozmic")])
            for _ in 0..<2 {
                let result = try await world.reconcile("guild/widget")
                #expect(result.condition.status == .stalled)
                #expect(result.condition.reason == planned.map(\.description).joined(separator: " "))
                #expect(try await world.client.collaborators("guild/widget", affiliation: .direct).isEmpty)
            }
        }
    }
}
