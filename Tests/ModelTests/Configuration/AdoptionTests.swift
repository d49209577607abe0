import Testing

@testable import Model

@Suite("Adopting what GitHub has")
struct AdoptionTests {
    private func project() throws -> Project {
        let hooks = try ["lint", "tests"].map {
            Hook(id: try #require(HookID($0)), image: "debian", buildScript: "#!/bin/sh\n")
        }
        var project = Project(
            repository: try #require(RepositoryName("acme/widget")), hooks: hooks, file: "projects/widget.yaml")
        project.permissions.authoritative = true
        project.permissions.collaborators = ["Alice": .push, "bob": .pull]
        project.permissions.teams = ["core": .maintain]
        return project
    }

    private func difference(
        _ object: String, _ field: String, declared: String = "", found: String
    ) -> Adoption.Difference {
        Adoption.Difference(object: object, field: field, declared: declared, found: found)
    }

    @Test("each difference becomes the declaration that fits, or says that there is none")
    func text() throws {
        let adoption = Adoption(
            try project(),
            [
                difference("collaborator alice", "permission", declared: "push", found: "admin"),
                // Bob's invitation grew old: he has no access.
                difference("collaborator bob", "permission", declared: "pull", found: ""),
                difference("invitation bob", "permission", found: "pull"),
                difference("collaborator null", "permission", found: "triage"),
                difference("collaborator eve", "permission", found: "security-reviewer"),
                difference("invitation by e-mail", "permission", found: "pull"),
                difference("team core", "permission", declared: "maintain", found: ""),
                difference("deploy key Kozmic https://ci.example.org", "fingerprint", declared: "x", found: ""),
                difference("webhook tests", "events", declared: "pull_request, push", found: "push"),
                difference("webhook tests", "secret", declared: "********", found: "another"),
                difference("webhook lint", "url", declared: "https://ci", found: ""),
                difference("webhook lint", "events", declared: "push", found: ""),
            ])
        #expect(
            adoption.text == """
                # In projects/widget.yaml: with these keys, what GitHub has for acme/widget is declared.
                permissions:
                  authoritative: true
                  collaborators:
                    Alice: admin
                    'null': triage
                deploy_key: never
                hooks:
                  tests:
                    on:
                      push: {branches: ['**'], tags: []}
                # invitation by e-mail: permission pull cannot be declared; change it on GitHub.
                # collaborator eve: permission security-reviewer cannot be declared; change it on GitHub.
                # webhook tests: secret another cannot be declared; change it on GitHub.
                # The webhook of lint is gone from GitHub: remove the hook lint from projects/widget.yaml.

                """)
        let nothing = Adoption(try project(), [])
        #expect(nothing.isEmpty)
        #expect(nothing.text.isEmpty)
    }
}
