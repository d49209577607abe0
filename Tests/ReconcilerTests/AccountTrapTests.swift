import Model
import Reconciler
import Testing

@Suite("Accounts that are not who they seem")
struct AccountTrapTests {
    private func observed(_ people: [(String, Int64)]) -> ObservedRepository {
        var observed = ObservedRepository(
            fullName: "acme/widget", isPrivate: false, isOrganization: true, viewer: "kozmic")
        observed.collaborators = people.map { ObservedCollaborator(login: $0.0, level: "push", id: $0.1) }
        return observed
    }

    private func permissions(_ logins: [String], authoritative: Bool = false) -> Permissions {
        var permissions = Permissions()
        permissions.authoritative = authoritative
        for login in logins { permissions.collaborators[login] = .push }
        return permissions
    }

    @Test("nobody is invited by a name that its owner gave up, for as long as it is declared")
    func renamed() throws {
        let declared = permissions(["Alice"], authoritative: true)
        let desired = try DesiredRepository(permissions: declared)
        var before = observed([("alice", 7)])
        before.noteRenames(since: nil, declared: declared)
        for _ in 0..<3 {
            var now = observed([("alice-b", 7)])
            now.noteRenames(since: before, declared: declared)
            let plan = Planner.plan(desired, now, externalURL: external)
            #expect(plan.operations.isEmpty)
            #expect(
                plan.problems.map(\.description) == [
                    "Alice is called alice-b on GitHub now, and somebody else may take the old name: "
                        + "declare alice-b instead"
                ])
            before = now
        }
        var mended = observed([("alice-b", 7)])
        let new = permissions(["alice-b"], authoritative: true)
        mended.noteRenames(since: before, declared: new)
        #expect(Planner.plan(try DesiredRepository(permissions: new), mended, externalURL: external).isEmpty)
        // Somebody who only lost access is invited again.
        var gone = observed([])
        gone.noteRenames(since: observed([("alice", 7)]), declared: declared)
        #expect(Planner.plan(desired, gone, externalURL: external).problems.isEmpty)
    }

    @Test("an owner of the organization whose token this is cannot be given less by name: said before it is done")
    func ownerOfTheOrganization() throws {
        var before = observed([("mona", 1)])
        before.isViewerAdmin = true
        var declared = permissions(["mona"], authoritative: true)
        for level in [PermissionLevel.pull, .admin] {
            declared.collaborators["Kozmic"] = level
            let plan = Planner.plan(try DesiredRepository(permissions: declared), before, externalURL: external)
            #expect(plan.problems == (level == .admin ? [] : [.ownAccount(login: "Kozmic")]))
            #expect(plan.operations.count == (level == .admin ? 1 : 0))
        }
    }

    @Test("without the refused admin the last one stays; others can be lowered")
    func obstacle() throws {
        var before = observed([("mona", 1), ("alice", 2)])
        before.collaborators[0].level = "admin"
        let desired = try DesiredRepository(permissions: permissions([], authoritative: true))
        let last = PermissionOperation.remove(login: "mona", from: "admin")
        #expect(
            Planner.obstacle(to: last, desired, before) == .lastAdmin(names: ["collaborator mona"]))
        #expect(Planner.obstacle(to: .remove(login: "alice", from: "push"), desired, before) == nil)
        before.teams = [ObservedTeam(slug: "ops", level: "admin")]
        #expect(Planner.obstacle(to: last, desired, before) == nil)
    }

    @Test("the team that makes Kozmic's own account an admin keeps its rights, unless another one does so too")
    func ownTeam() throws {
        var before = observed([("mona", 1)])
        before.collaborators[0].level = "admin"
        before.isViewerAdmin = true
        before.teams = [ObservedTeam(slug: "bots", level: "admin", hasViewer: true)]
        var declared = permissions([], authoritative: true)
        declared.collaborators = ["mona": .admin]
        func problems(_ permissions: Permissions, _ observed: ObservedRepository) throws -> [PlanProblem] {
            Planner.plan(try DesiredRepository(permissions: permissions), observed, externalURL: external).problems
        }
        #expect(try problems(declared, before) == [.ownTeam(slug: "bots", login: "kozmic")])
        declared.teams = ["bots": .push]
        #expect(try problems(declared, before) == [.ownTeam(slug: "bots", login: "kozmic")])
        declared.teams = ["bots": .admin]
        #expect(try problems(declared, before).isEmpty)
        declared.teams = [:]
        var other = before
        other.teams[0].hasViewer = false
        #expect(try problems(declared, other).isEmpty)
    }
}
