import Testing

@testable import Store

@Suite("What would make a drift the declared state")
struct AdoptionTests {
    private func difference(_ object: String, _ old: String, _ new: String, field: String = "permission")
        -> DriftDifference
    { DriftDifference(object: object, field: field, old: old, new: new) }

    @Test("is the YAML of the people and teams as they are; nothing else can be declared")
    func yaml() {
        let text = DriftDifference.adoption(of: [
            difference("collaborator mona", "push", "admin"), difference("collaborator hubot", "push", ""),
            difference("collaborator 123", "", "pull"), difference("team core", "", "maintain"),
            difference("webhook tests", "push", "pull_request", field: "events"),
            difference("collaborator evil\nx", "", "push"), difference("collaborator odd", "", "custom role"),
        ])
        #expect(
            text == """
                permissions:
                  collaborators:
                    # remove the line of hubot
                    '123': pull
                    mona: admin
                  teams:
                    core: maintain

                """)
        #expect(DriftDifference.adoption(of: [difference("webhook tests", "no", "yes", field: "exists")]) == nil)
    }
}
