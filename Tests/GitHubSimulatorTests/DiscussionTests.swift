import Testing

@testable import GitHubSimulator

@Suite("Comments and protection")
struct DiscussionTests {
    @Test("comments have authors, limits and events; others may not change them")
    func comments() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url, events: ["issue_comment"])
            _ = try await fixture.commit("topic", ["x": "1"])
            try await fixture.control("POST", "/repos/acme/widget/pulls", ["title": "Please", "head": "topic"])
            let address = "/repos/acme/widget/issues/1/comments"
            #expect(try await fixture.rest("POST", address, [:]).status == 422)
            #expect(try await fixture.rest("POST", address, ["body": " \n"]).errors == ["Body cannot be blank"])
            let long = String(repeating: "é", count: 65_537)
            #expect(try await fixture.rest("POST", address, ["body": .string(long)]).status == 422)
            #expect(
                try await fixture.rest("POST", "/repos/acme/widget/issues/2/comments", ["body": "x"]).status == 404)
            let made = try await fixture.rest("POST", address, ["body": .string(String(long.dropLast()))])
            #expect(made.status == 201 && made.json["user"]?["login"] == "octocat")
            let created = await receiver.next("issue_comment").json
            #expect(created["action"] == "created" && created["issue"]?["number"] == 1)

            let id = try #require(made.json["id"]?.number)
            let one = "/repos/acme/widget/issues/comments/\(id)"
            #expect(try await fixture.rest("PATCH", one, ["body": "new"]).json["body"] == "new")
            #expect(
                [403, 404].contains(
                    try await fixture.rest("PATCH", one, ["body": "mine"], token: "stranger-token").status))
            let list = try await fixture.rest("GET", address)
            #expect(list.json.items?.compactMap { $0["body"]?.text } == ["new"])
            #expect(try await fixture.rest("GET", "/repos/acme/widget/pulls/1").json["comments"] == 1)
            #expect(try await fixture.rest("DELETE", one).status == 204)
            #expect(try await fixture.rest("PATCH", one, ["body": "again"]).status == 404)
        }
    }

    @Test("protection is told to administrators, rules to all readers, of branches with slashes too")
    func protection() async throws {
        try await SimulatorFixture.with { fixture in
            _ = try await fixture.commit("release/1", ["x": "1"])
            let address = "/repos/acme/widget/branches/release%2F1/protection/required_status_checks"
            #expect(try await fixture.rest("GET", address).json["message"] == "Branch not protected")
            try await fixture.control(
                "PUT", "/repos/acme/widget/protection",
                ["branch": "release/1", "contexts": ["Kozmic CI"], "rule_contexts": ["Other"]])
            let told = try await fixture.rest("GET", address)
            #expect(told.json["contexts"]?.texts == ["Kozmic CI"])
            #expect(told.json["checks"]?.items?.first?["context"] == "Kozmic CI")
            let unknown = "/repos/acme/widget/branches/none/protection/required_status_checks"
            #expect(try await fixture.rest("GET", unknown).json["message"] == "Branch not found")
            #expect(try await fixture.rest("GET", address, token: "stranger-token").status == 404)
            let rules = try await fixture.rest("GET", "/repos/acme/widget/rules/branches/release%2F1")
            #expect(rules.json.items?.compactMap { $0["type"]?.text } == ["deletion", "required_status_checks"])
            let checks = rules.json.items?.last?["parameters"]?["required_status_checks"]
            #expect(checks?.items?.first?["context"] == "Other")
            #expect(try await fixture.rest("GET", "/repos/acme/widget/rules/branches/main").json == [])
            try await fixture.control("DELETE", "/repos/acme/widget/protection?branch=release/1")
            #expect(try await fixture.rest("GET", address).status == 404)
        }
    }
}
