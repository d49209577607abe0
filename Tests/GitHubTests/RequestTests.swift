import Foundation
import GitHub
import Testing

@Suite struct RequestTests {
    @Test("sends the token, the API's version and a user agent")
    func headers() async throws {
        try await Fixture.with { _, _ in
            .json(200, #"{"id":4294967297,"login":"kozmic"}"#)
        } _: { fixture in
            let user = try await fixture.client.user()
            #expect(user.login == "kozmic")
            #expect(user.id == 4_294_967_297)
            let request = try #require(fixture.server.requests.first)
            #expect(request.target == "/api/v3/user")
            #expect(request.headers["authorization"] == "Bearer \(Fixture.token)")
            #expect(request.headers["accept"] == "application/vnd.github+json")
            #expect(request.headers["x-github-api-version"] == "2022-11-28")
            #expect(request.headers["user-agent"] == "kozmic/test")
        }
    }

    @Test("without a token no Authorization is sent, and a token with a line break is not sent at all")
    func oddTokens() async throws {
        try await Fixture.with(token: " \n") { _, _ in
            .json(200, #"{"id":1,"login":"x"}"#)
        } _: { fixture in
            _ = try await fixture.client.user()
            #expect(fixture.server.requests.first?.headers["authorization"] == nil)
        }
        try await Fixture.with(token: "abc\r\nX-Evil: 1") { _, _ in
            .json(200, "{}")
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.user() }
            #expect(error?.kind == .unauthorized)
            #expect(fixture.server.requests.isEmpty)
        }
    }

    @Test("creates and changes a webhook with the whole configuration")
    func hooks() async throws {
        try await Fixture.with { request, _ in
            .json(request.method == "POST" ? 201 : 200, hookJSON())
        } _: { fixture in
            let spec = GitHubHookSpec(
                url: "https://ci.example.org/_hooks/acme/widget/tests", events: ["push", "pull_request"],
                secret: GitHubSecret("s3cret"))
            let made = try await fixture.client.createHook("acme/widget", spec)
            let changed = try await fixture.client.updateHook("acme/widget", made.id, spec)
            #expect(changed.id == 5_000_000_001)
            #expect(changed.hasSecret)
            #expect(changed.lastResponse?.status == "unused")
            let requests = fixture.server.requests
            #expect(requests.map(\.method) == ["POST", "PATCH"])
            #expect(
                requests.map(\.target) == [
                    "/api/v3/repos/acme/widget/hooks", "/api/v3/repos/acme/widget/hooks/5000000001",
                ])
            for request in requests {
                let config = request.json?["config"] as? [String: String]
                #expect(
                    config == ["url": spec.url, "content_type": "json", "insecure_ssl": "0", "secret": "s3cret"])
                #expect(request.json?["events"] as? [String] == ["pull_request", "push"])
                #expect(request.json?["active"] as? Bool == true)
                #expect(request.headers["content-type"] == "application/json")
            }
            #expect(requests.map { $0.json?["name"] as? String } == ["web", nil])
            #expect(!"\(spec)".contains("s3cret"))
        }
    }

    @Test("reads webhooks of all kinds, old services too")
    func oddHooks() async throws {
        let service =
            #"{"id":1,"name":"travis","active":true,"events":["push"],"config":{"user":"x"},"last_response":{"code":413,"status":null,"message":"Invalid"}}"#
        let number = #"{"id":2,"name":"web","active":false,"events":[],"config":{"url":"http://x","insecure_ssl":1}}"#
        try await Fixture.with { _, _ in
            .json(200, "[\(service),\(number)]")
        } _: { fixture in
            let hooks = try await fixture.client.hooks("acme/widget")
            #expect(hooks.map(\.url) == ["", "http://x"])
            #expect(hooks.map(\.insecureSSL) == ["0", "1"])
            #expect(hooks.map(\.contentType) == ["form", "form"])
            #expect(hooks.map(\.hasSecret) == [false, false])
            #expect(hooks[0].lastResponse?.code == 413)
        }
    }

    @Test("an invitation is 201 with a body, a known collaborator 204 without one")
    func collaborators() async throws {
        try await Fixture.with { _, number in
            number == 1
                ? .json(201, #"{"id":7,"invitee":{"id":9,"login":"hubot"},"permissions":"write"}"#) : .answer(204)
        } _: { fixture in
            let client = fixture.client
            let invitation = try await client.setCollaborator("acme/widget", login: "hubot", permission: "push")
            #expect(invitation?.invitee?.login == "hubot")
            #expect(GitHubPermissions.level(ofAnswer: invitation?.permissions ?? "") == "push")
            #expect(try await client.setCollaborator("acme/widget", login: "hubot", permission: "push") == nil)
            #expect(fixture.server.requests.map(\.method) == ["PUT", "PUT"])
        }
    }

    @Test("deleting what is gone already is as good")
    func deletion() async throws {
        try await Fixture.with { _, number in
            number == 1 ? .answer(204) : .json(404, #"{"message":"Not Found"}"#)
        } _: { fixture in
            try await fixture.client.deleteHook("acme/widget", 1)
            try await fixture.client.deleteHook("acme/widget", 1)
            #expect(fixture.server.requests.map(\.method) == ["DELETE", "DELETE", "GET"])
        }
    }

    @Test("what GitHub refuses to delete, or a proxy answers for, is not taken for gone", arguments: [404, 200])
    func undeleted(status: Int) async throws {
        try await Fixture.with { request, _ in
            request.method == "DELETE" ? .json(status, #"{"message":"Not Found"}"#) : .json(200, "{}")
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in
                try await fixture.client.deleteDeployKey("acme/widget", 1)
            }
            #expect(error?.kind == (status == 404 ? .notFound : .decoding))
        }
    }

    @Test(
        "names cannot lead to another address",
        arguments: ["acme", "acme/widget/hooks", "../widget", "acme/", "/x", ""])
    func badRepositories(name: String) async throws {
        try await Fixture.with { _, _ in
            .json(200, "[]")
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.hooks(name) }
            #expect(error?.kind == .invalidRequest)
            #expect(fixture.server.requests.isEmpty)
        }
    }

    @Test("a branch's slashes stay and the rest is encoded")
    func references() async throws {
        let body = #"{"ref":"refs/heads/a/b#c?d","object":{"sha":"abc","type":"commit"}}"#
        try await Fixture.with { _, _ in
            .json(200, body)
        } _: { fixture in
            let reference = try await fixture.client.reference("acme/widget", "heads/a/b#c?d é")
            #expect(reference.sha == "abc")
            #expect(
                fixture.server.requests.first?.target == "/api/v3/repos/acme/widget/git/ref/heads/a/b%23c%3Fd%20%C3%A9")
            let error = await failure { () throws(GitHubError) in
                try await fixture.client.reference("acme/widget", "heads/../../hooks")
            }
            #expect(error?.kind == .invalidRequest)
        }
    }

    @Test("pull requests from forks are told apart, also when the fork is gone")
    func pulls() async throws {
        func pull(_ number: Int, head: String) -> String {
            #"{"id":\#(number),"number":\#(number),"state":"open","title":"t","body":null,"user":null,"head":{"ref":"x","sha":"a","repo":\#(head)},"base":{"ref":"main","sha":"b","repo":{"id":1,"full_name":"acme/widget"}}}"#
        }
        let own = pull(1, head: #"{"id":1,"full_name":"acme/widget"}"#)
        let fork = pull(2, head: #"{"id":2,"full_name":"hubot/widget"}"#)
        let gone = pull(3, head: "null")
        try await Fixture.with { _, _ in
            .json(200, "[\(own),\(fork),\(gone)]")
        } _: { fixture in
            let pulls = try await fixture.client.pulls("acme/widget")
            #expect(pulls.map(\.isFromFork) == [false, true, true])
            #expect(fixture.server.requests.first?.target == "/api/v3/repos/acme/widget/pulls?state=open&per_page=100")
        }
    }

    @Test("an answer that is not understood names the place, not the values")
    func decoding() async throws {
        try await Fixture.with { _, _ in
            .json(200, #"[{"id":"secretvalue"}]"#)
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.hooks("acme/widget") }
            #expect(error?.kind == .decoding)
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("GET /repos/acme/widget/hooks"))
            #expect(text.contains("[0].id"))
            #expect(!text.contains("secretvalue"))
        }
    }
}
