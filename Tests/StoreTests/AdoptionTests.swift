import Model
import Testing

@testable import Store

@Suite("What would make a drift the declared state")
struct AdoptionTests {
    private func difference(_ object: String, _ old: String, _ new: String, field: String = "permission")
        -> Adoption.Difference
    { Adoption.Difference(DriftDifference(object: object, field: field, old: old, new: new)) }

    @Test("is the YAML of the people and teams as they are; what no file can say is a comment of one line")
    func yaml() throws {
        var project = try Fixture.project("widget")
        project.permissions.collaborators = ["mona": .push, "hubot": .push]
        let adoption = Adoption(
            project,
            [
                difference("collaborator mona", "push", "admin"), difference("collaborator hubot", "push", ""),
                difference("collaborator 123", "", "pull"), difference("collaborator no", "", "pull"),
                difference("team core", "", "maintain"),
                difference("collaborator evil\nx", "", "push"), difference("collaborator odd", "", "custom role"),
            ])
        #expect(
            adoption.project.permissions.collaborators == ["mona": .admin, "123": .pull, "no": .pull]
                && adoption.project.permissions.teams == ["core": .maintain])
        let lines = adoption.text.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
        for wanted in ["mona: admin", "'123': pull", "'no': pull", "core: maintain"] {
            #expect(lines.contains { $0 == wanted }, "\(wanted) in \(adoption.text)")
        }
        #expect(!lines.contains { $0.hasPrefix("hubot") || $0.hasPrefix("x") || $0.hasPrefix("odd") })
        #expect(adoption.notes.count == 2)
        #expect(Adoption(project, []).isEmpty)
    }
}
