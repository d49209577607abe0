import Curl
import Testing

@testable import GitHubSimulator

@Suite("Trouble on request")
struct FaultTests {
    @Test("a status is answered as often as asked, then all is well")
    func status() async throws {
        try await SimulatorFixture.with { fixture in
            try await fixture.control(
                "POST", "/faults",
                [
                    "target": "request", "action": "status", "method": "GET", "path": "/repos/*/*", "times": 2,
                    "status": 429, "headers": ["Retry-After": "1"], "body": ["message": "slow down"],
                ])
            for _ in 0..<2 {
                let spoilt = try await fixture.rest("GET", "/repos/acme/widget")
                #expect(spoilt.status == 429 && spoilt.headers["Retry-After"] == "1")
                #expect(spoilt.json["message"] == "slow down")
            }
            #expect(try await fixture.rest("GET", "/repos/acme/widget/hooks").status == 200)
            #expect(try await fixture.rest("GET", "/repos/acme/widget").status == 200)
        }
    }

    @Test("an answer can be lost after the request was carried out")
    func lostAnswer() async throws {
        try await SimulatorFixture.with { fixture in
            try await fixture.control(
                "POST", "/faults",
                ["target": "request", "action": "disconnect", "path": "/repos/*/*/hooks", "after": true])
            let body: JSON = ["config": ["url": "http://127.0.0.1:9/"]]
            await #expect(throws: CurlError.self) {
                _ = try await fixture.rest("POST", "/repos/acme/widget/hooks", body)
            }
            let hooks = try await fixture.control("GET", "/repos/acme/widget/hooks")
            #expect(hooks.items?.count == 1)
            let log = try await fixture.control("GET", "/requests?writes=true")
            #expect(log["requests"]?.items?.map { $0["status"] } == [0])
            try await fixture.control(
                "POST", "/faults", ["target": "request", "action": "status", "status": 502, "times": -1])
            let page = try await fixture.rest("GET", "/user")
            #expect(page.status == 502 && page.headers["Content-Type"]?.hasPrefix("text/html") == true)
            try await fixture.control("DELETE", "/faults")
            #expect(try await fixture.rest("GET", "/user").status == 200)
        }
    }

    @Test("a push whose answer is lost has still happened and is announced")
    func lostPush() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url)
            try await fixture.mustGit("clone", "--quiet", fixture.remote(), "work")
            let work = fixture.folder + "/work"
            try await fixture.mustGit("commit", "--quiet", "--allow-empty", "-m", "lost", in: work)
            try await fixture.control(
                "POST", "/faults",
                ["target": "request", "action": "disconnect", "path": "/**", "method": "POST", "after": true])
            #expect(!(try await fixture.git(["push", "origin", "HEAD:main"], in: work).isSuccess))
            let head = try await fixture.mustGit("rev-parse", "HEAD", in: work)
            #expect(await receiver.next("push").json["after"]?.text == head)
        }
    }

    @Test("control routes refuse what makes no sense, and reset forgets all")
    func control() async throws {
        try await SimulatorFixture.with { fixture in
            func status(_ method: String, _ path: String, _ body: JSON) async throws -> Int {
                try await fixture.send(
                    method, fixture.url + "/_control" + path, body: Array(body.encoded.utf8)
                ).status
            }
            #expect(try await status("POST", "/faults", ["target": "request", "action": "forge"]) == 422)
            #expect(try await status("POST", "/users", ["login": "../x"]) == 422)
            #expect(try await status("POST", "/orgs", ["login": "o", "owners": ["nobody"]]) == 422)
            let commits = "/repos/acme/widget/commits"
            for path in ["../x", "/x", "a//b", ".git/config", "a\nb", ""] {
                let body: JSON = ["message": "m", "files": .object([.init(name: path, value: "x")])]
                #expect(try await status("POST", commits, body) == 422, "\(path)")
            }
            #expect(try await status("POST", commits, ["message": "m", "branch": "a..b"]) == 422)
            #expect(try await status("POST", "/repos/acme/none/commits", ["message": "m"]) == 404)
            let empty = try await fixture.control("POST", commits, ["message": "empty", "branch": "main"])
            #expect(empty["created"] == false && empty["sha"]?.text?.count == 40)
            try await fixture.control("POST", "/reset")
            #expect(try await fixture.control("GET", "/repos") == [])
            #expect(try await fixture.rest("GET", "/user").status == 401)
        }
    }
}
