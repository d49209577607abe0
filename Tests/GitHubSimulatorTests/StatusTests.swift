import Testing

@testable import GitHubSimulator

@Suite("Commit statuses")
struct StatusTests {
    @Test("statuses are checked, attach to a commit and add up")
    func rules() async throws {
        try await SimulatorFixture.with { fixture in
            let sha = try await fixture.commit("main", ["x": "1"])
            let address = "/repos/acme/widget/statuses/\(sha)"
            func post(_ body: JSON) async throws -> SimulatorFixture.Answer {
                try await fixture.rest("POST", address, body)
            }
            #expect(try await post(["state": "green"]).errors == ["state is not included in the list"])
            let long = String(repeating: "é", count: 141)
            let tooLong = try await post(["state": "success", "description": .string(long)])
            #expect(tooLong.errors == ["description is too long (maximum is 140 characters)"])
            let fits = try await post(["state": "pending", "description": .string(String(long.dropLast()))])
            #expect(fits.status == 201 && fits.json["context"] == "default")
            #expect(fits.json["creator"]?["login"] == "octocat")
            let scheme = try await post(["state": "success", "target_url": "ssh://x/"])
            #expect(scheme.errors == ["target_url must use http(s) scheme"])
            let zeros = String(repeating: "0", count: 40)
            let unknown = try await fixture.rest(
                "POST", "/repos/acme/widget/statuses/\(zeros)", ["state": "success"])
            #expect(unknown.status == 422 && unknown.json["message"]?.text == "No commit found for SHA: \(zeros)")
            let refused = try await fixture.rest("POST", address, ["state": "success"], token: "stranger-token")
            #expect(refused.status == 404)

            let combined = "/repos/acme/widget/commits/\(sha)/status"
            #expect(try await fixture.rest("GET", combined).json["state"] == "pending")
            _ = try await post(["state": "success"])
            #expect(try await fixture.rest("GET", combined).json["state"] == "success")
            _ = try await post(["state": "error", "context": "other"])
            let last = try await fixture.rest("GET", combined).json
            #expect(last["state"] == "failure" && last["total_count"] == 2)
            #expect(last["statuses"]?.items?.allSatisfy { $0["creator"] == nil } == true)
            let list = try await fixture.control("GET", "/repos/acme/widget/statuses/\(sha)")
            #expect(list.items?.compactMap { $0["state"]?.text } == ["pending", "success", "error"])
        }
    }

    @Test("the thousand-and-first status of a context is refused")
    func limit() async throws {
        try await SimulatorFixture.with { fixture in
            let sha = try await fixture.commit()
            let address = "/repos/acme/widget/statuses/\(sha)"
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<250 { _ = try await fixture.rest("POST", address, ["state": "pending"]) }
                        return 0
                    }
                }
                try await group.waitForAll()
            }
            let more = try await fixture.rest("POST", address, ["state": "success"])
            #expect(more.errors == ["This SHA and context has reached the maximum number of statuses."])
            let other = try await fixture.rest("POST", address, ["state": "success", "context": "other"])
            #expect(other.status == 201)
        }
    }
}
