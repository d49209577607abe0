import Foundation
import Model
import Reconciler
import Testing

@Suite struct PlanTextTests {
    private func plan() throws -> (Plan, drift: Reconciler.Operation) {
        let gone = Reconciler.Operation.permission(.remove(login: "mallory", from: "push"))
        let repository = try #require(widget)
        let webhook = DesiredWebhook(
            hook: try hookID("tests"), url: "https://ci.example.org/_hooks/acme/widget/tests", events: ["push"],
            secretFingerprint: "fingerprint")
        let changes = [FieldChange(field: "events", old: "", new: "push")]
        return (
            Plan(
                repository: repository,
                operations: [.webhook(.update(id: 7, webhook, changes: changes)), gone],
                problems: [.owner(login: "octo`cat\n# x")]), gone
        )
    }

    @Test("a diff has a line for each operation and problem, and marks drift")
    func diff() throws {
        let (plan, drift) = try plan()
        #expect(
            PlanText.diff(plan, drift: [drift]) == """
                acme/widget:
                  ~ webhook tests (7): events: nothing -> push
                  - collaborator mallory: permission push  (drift)
                  ! octo`cat
                # x, the declared owner, would lose access: declare octo`cat
                # x among the collaborators
                """)
        let reported = PlanText.diff(plan, drift: [drift], reported: [drift])
        #expect(reported.contains("permission push  (drift, only reported)\n"))
        #expect(PlanText.diff(Plan(repository: plan.repository, operations: [])) == "acme/widget: no changes")
    }

    @Test("in Markdown nothing from outside can end its block")
    func markdown() throws {
        let (plan, drift) = try plan()
        #expect(
            PlanText.markdown(plan, drift: [drift]) == """
                **acme/widget**

                ```diff
                ~ webhook tests (7): events: nothing -> push
                - collaborator mallory: permission push  (drift)
                ```

                - :x: `octo'cat # x, the declared owner, would lose access: declare octo'cat # x among the collaborators`

                """)
    }

    @Test("as JSON the same, without hashes of secrets")
    func json() throws {
        let (plan, drift) = try plan()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(
            decoding: try encoder.encode(PlanText.document(plan, drift: [drift], reported: [drift]).changes),
            as: UTF8.self)
        #expect(
            text == #"[{"action":"update","fields":[{"field":"events","new":"push","old":""}],"id":7,"#
                + #""isDrift":false,"isReported":false,"kind":"webhook","name":"tests"},{"action":"delete","#
                + #""fields":[{"field":"permission","new":"","old":"push"}],"isDrift":true,"isReported":true,"kind":"collaborator","#
                + #""name":"mallory"}]"#)
    }
}
