import Model
import Reconciler
import Testing

@Suite struct PermissionPlannerTests {
    private func plan(
        _ collaborators: [String: PermissionLevel], teams: [String: PermissionLevel] = [:], authoritative: Bool = false,
        owner: String? = nil, _ change: (inout ObservedRepository) -> Void
    ) throws -> Plan {
        var permissions = Permissions()
        permissions.collaborators = collaborators
        permissions.teams = teams
        permissions.authoritative = authoritative
        var observed = ObservedRepository(
            fullName: "acme/widget", isPrivate: false, isOrganization: true, viewer: "kozmic")
        change(&observed)
        return Planner.plan(
            try DesiredRepository(owner: owner, permissions: permissions), observed, externalURL: external)
    }

    private func person(_ login: String, _ level: String) -> ObservedCollaborator {
        ObservedCollaborator(login: login, level: level)
    }

    @Test("a pending invitation with the declared level is no difference, whatever the letters of the login")
    func pending() throws {
        let plan = try plan(["Hubot": .push]) {
            $0.invitations = [ObservedInvitation(id: 1, login: "hubot", level: "push")]
        }
        #expect(plan.isEmpty)
    }

    @Test("without a word on permissions nobody is touched; with one, only those it names")
    func additive() throws {
        #expect(try plan([:]) { $0.collaborators = [person("mallory", "admin")] }.isEmpty)
        let plan = try plan(["alice": .push], teams: ["core": .pull]) {
            $0.collaborators = [person("mallory", "admin"), person("alice", "pull")]
            $0.teams = [ObservedTeam(slug: "ops", level: "admin")]
        }
        #expect(
            plan.operations.map(\.description) == [
                "+ team core: permission pull", "~ collaborator alice: permission: pull -> push",
            ])
    }

    @Test("authoritative: what gives comes first, then what takes; in the order of the names")
    func authoritative() throws {
        let plan = try plan(["zoe": .pull, "alice": .maintain, "kozmic": .admin], authoritative: true) {
            $0.collaborators = [
                person("mallory", "push"), person("kozmic", "admin"), person("bob", "pull"), person("zoe", "push"),
            ]
            $0.invitations = [ObservedInvitation(id: 7, login: "eve", level: "admin")]
            $0.teams = [ObservedTeam(slug: "ops", level: "push")]
        }
        #expect(plan.problems.isEmpty)
        #expect(
            plan.operations.map(\.description) == [
                "+ collaborator alice: permission maintain", "- team ops: permission push",
                "~ collaborator zoe: permission: push -> pull", "- collaborator bob: permission pull",
                "- collaborator mallory: permission push", "- invitation eve (7): permission admin",
            ])
    }

    @Test("never the token's own account, the declared owner or the last admin: then nothing of permissions is done")
    func protection() throws {
        let own = try plan(["alice": .admin], authoritative: true) {
            $0.collaborators = [person("Kozmic", "push"), person("alice", "push")]
        }
        #expect(own == Plan(repository: own.repository, operations: [], problems: [.ownAccount(login: "Kozmic")]))
        let lowered = try plan(["kozmic": .push]) {
            $0.collaborators = [person("kozmic", "admin"), person("alice", "admin")]
        }
        #expect(lowered.problems == [.ownAccount(login: "kozmic")])
        let owner = try plan(["alice": .admin], authoritative: true, owner: "Octocat") {
            $0.collaborators = [person("octocat", "maintain"), person("alice", "admin")]
        }
        #expect(owner.problems == [.owner(login: "octocat")])
        let invited = try plan(["alice": .admin], authoritative: true, owner: "octocat") {
            $0.collaborators = [person("alice", "admin")]
            $0.invitations = [ObservedInvitation(id: 1, login: "octocat", level: "admin")]
        }
        #expect(invited.problems == [.owner(login: "octocat")])
        let last = try plan(["alice": .push, "bob": .admin], authoritative: true) {
            $0.collaborators = [person("alice", "admin")]
            $0.teams = [ObservedTeam(slug: "ops", level: "admin")]
        }
        // Bob is invited, but nobody knows whether he will come.
        #expect(last.problems == [.lastAdmin(names: ["collaborator alice", "team ops"])])
        let kept = try plan(["alice": .push], teams: ["ops": .admin], authoritative: true) {
            $0.collaborators = [person("alice", "admin")]
            $0.teams = [ObservedTeam(slug: "ops", level: "admin")]
        }
        #expect(kept.problems.isEmpty && kept.operations.count == 1)
        let ownersStay = try plan(["alice": .push]) {
            $0.collaborators = [person("alice", "admin")]
            $0.isViewerAdmin = true
        }
        #expect(ownersStay.problems.isEmpty && ownersStay.operations.count == 1)
        let perhapsByTeam = try plan(["alice": .push], authoritative: true) {
            $0.collaborators = [person("alice", "admin")]
            $0.teams = [ObservedTeam(slug: "ops", level: "admin")]
            $0.isViewerAdmin = true
        }
        #expect(perhapsByTeam.problems.count == 1)
        for problem in own.problems + owner.problems + last.problems { #expect("\(problem)".contains("declare")) }
    }

    @Test("the user who owns the repository is neither invited, changed nor removed, and is an admin")
    func ownerAccount() throws {
        let plan = try plan(["acme": .push], authoritative: true) {
            $0.isOrganization = false
            $0.collaborators = [person("acme", "admin"), person("bob", "admin")]
        }
        #expect(plan.problems.isEmpty)
        #expect(plan.operations.map(\.description) == ["- collaborator bob: permission admin"])
        let teams = try self.plan([:], teams: ["core": .push]) { $0.isOrganization = false }
        #expect(teams.problems == [.teamsWithoutOrganization] && teams.operations.isEmpty)
    }

    @Test("an invitation that is too old is sent again; one with another level is changed")
    func invitations() throws {
        let plan = try plan(["alice": .push, "bob": .admin]) {
            $0.invitations = [
                ObservedInvitation(id: 5, login: "alice", level: "push", isExpired: true),
                ObservedInvitation(id: 6, login: "bob", level: "pull"),
            ]
        }
        #expect(
            plan.operations == [
                .permission(.withdraw(id: 5, login: "alice", from: "push")),
                .permission(.invite(login: "alice", .push)),
                .permission(.changeInvitation(id: 6, login: "bob", from: "pull", to: .admin)),
            ])
    }

    @Test("a level that comes from somewhere else is not fought for ever")
    func inherited() throws {
        let plan = try plan(["alice": .push]) {
            $0.collaborators = [person("alice", "admin"), person("bob", "admin")]
            $0.inherited = ["collaborator alice": "admin"]
        }
        #expect(plan.isEmpty)
    }

    @Test("what is declared above a level that comes from somewhere else is given")
    func aboveInherited() throws {
        let plan = try plan(["alice": .admin]) {
            $0.collaborators = [person("alice", "maintain")]
            $0.inherited = ["collaborator alice": "maintain"]
        }
        #expect(plan.operations == [.permission(.change(login: "alice", from: "maintain", to: .admin))])
    }

    @Test("drift is what was as declared and is still declared so; a consequence of something else is none")
    func drift() throws {
        var permissions = Permissions()
        permissions.collaborators = ["alice": .push, "bob": .push]
        let key = DeployKeyIdentity(publicKey: "ssh-ed25519 held", fingerprint: "SHA256:held")
        let deployKey = DesiredDeployKey(mode: .auto, title: "Kozmic \(external)", held: key)
        let old = try DesiredRepository(permissions: permissions, deployKey: deployKey)
        permissions.collaborators["bob"] = .maintain
        let new = try DesiredRepository(permissions: permissions, deployKey: deployKey)
        var observed = ObservedRepository(
            fullName: "acme/widget", isPrivate: false, isOrganization: true, viewer: "kozmic")
        observed.collaborators = [person("alice", "admin"), person("bob", "push"), person("carol", "admin")]
        observed.deployKeys = [
            ObservedDeployKey(id: 1, title: "Kozmic \(external)", key: key.publicKey, isReadOnly: true)
        ]
        let plan = Planner.plan(new, observed, externalURL: external)
        func drift(_ baseline: Baseline) -> [String] {
            Planner.drift(in: plan, since: baseline, observed, externalURL: external).map(\.description)
        }
        #expect(plan.operations.count == 3)
        let alice = "~ collaborator alice: permission: admin -> push"
        #expect(drift(Baseline(desired: old, isPrivate: true)) == [alice])
        #expect(drift(Baseline(desired: old, isPrivate: false)) == ["- deploy key Kozmic \(external) (1)", alice])
        #expect(drift(Baseline(desired: old, parts: [.webhooks], isPrivate: true)).isEmpty)
    }
}
