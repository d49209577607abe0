import Model
import Reconciler
import Testing

@Suite("Who loses access when a declaration becomes all there is")
struct AccessLossTests {
    private func project(_ change: (inout Permissions) -> Void) throws -> Project {
        var project = Project(repository: try #require(RepositoryName("acme/widget")), hooks: [])
        project.permissions.authoritative = true
        change(&project.permissions)
        return project
    }

    private var seen: ObservedRepository {
        var seen = ObservedRepository(fullName: "acme/widget", isPrivate: false, isOrganization: true)
        seen.collaborators = ["Ann", "bob"].map { ObservedCollaborator(login: $0, level: "push") }
        seen.invitations = [
            ObservedInvitation(id: 7, login: nil, level: "pull"),
            ObservedInvitation(id: 8, login: "Cyd", level: "pull", isExpired: true),
        ]
        seen.teams = [ObservedTeam(slug: "ops", level: "push")]
        return seen
    }

    @Test("people, invitations and teams that are not declared; not what is declared with less, or sent again")
    func names() throws {
        let nobody = try #require(AccessLoss(try project { _ in }, seen))
        #expect(nobody.names == ["ann", "bob", "cyd", "invitation 7", "team ops"])
        #expect(nobody.names == nobody.everybody)
        let some = try #require(
            AccessLoss(try project { $0.collaborators = ["ann": .pull, "cyd": .pull] }, seen))
        #expect(some.names == ["bob", "invitation 7", "team ops"] && some.everybody == nobody.everybody)
    }

    @Test("nobody can say it of people who were not looked at, nor of an additive project")
    func unknown() throws {
        var unseen = seen
        unseen.lists = [.webhooks, .deployKeys]
        #expect(AccessLoss(try project { _ in }, unseen) == nil)
        #expect(AccessLoss(try project { $0.authoritative = false }, seen) == nil)
    }
}
