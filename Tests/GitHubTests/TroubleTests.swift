import Foundation
import GitHub
import Testing

@Suite struct TroubleTests {
    @Test("an exhausted quota lasts until GitHub's clock says so, and nobody asks before")
    func rateLimit() async throws {
        let headers = [
            "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\(784_111_777 + 90)",
            "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
        ]
        try await Fixture.with { _, _ in
            .json(403, #"{"message":"API rate limit exceeded for user ID 1."}"#, headers)
        } _: { fixture in
            let client = fixture.client
            let first = await failure { () throws(GitHubError) in try await client.user() }
            #expect(first?.kind == .rateLimited(until: Fixture.now.addingTimeInterval(90)))
            #expect(first?.message == "API rate limit exceeded for user ID 1.")
            let second = await failure { () throws(GitHubError) in try await client.hooks("acme/widget") }
            #expect(second?.kind == first?.kind)
            #expect(second?.wasNeverSent == true)
            #expect(fixture.server.requests.count == 1)
            #expect(fixture.clock.pauses.isEmpty)
        }
    }

    @Test(
        "too many requests in a short time: waits as long as GitHub says, or a minute",
        arguments: [
            (403, "7", "You have exceeded a secondary rate limit", 7), (429, nil, "slow down", 60),
            (403, nil, "You have exceeded a secondary rate limit.", 60), (429, "999999999", "slow down", 3600),
            (403, "soon", "You have exceeded a secondary rate limit", 60),
        ] as [(Int, String?, String, Int)])
    func secondary(status: Int, retryAfter: String?, message: String, seconds: Int) async throws {
        let headers = retryAfter.map { ["Retry-After": $0] } ?? [:]
        try await Fixture.with { _, _ in
            .json(status, #"{"message":"\#(message)"}"#, headers)
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.user() }
            #expect(error?.kind == .secondaryLimit(retryAfter: .seconds(seconds)))
            #expect(error?.isTransient == true)
        }
    }

    @Test("a 403 without limits is a refusal")
    func forbidden() async throws {
        try await Fixture.with { _, _ in
            .json(403, #"{"message":"Must have admin rights"}"#, ["X-RateLimit-Remaining": "17"])
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.user() }
            #expect(error?.kind == .forbidden)
            #expect(error?.isTransient == false)
        }
    }

    @Test("what may be repeated is repeated after 5xx and broken connections, with growing pauses")
    func retries() async throws {
        try await Fixture.with { _, number in
            switch number {
            // First, because libcurl itself repeats what a reused connection broke off.
            case 1: .disconnect
            case 2: .answer(502, headers: ["Content-Type": "text/html"], body: "<html>Unicorn!</html>")
            default: .json(200, #"{"id":1,"login":"x"}"#)
            }
        } _: { fixture in
            _ = try await fixture.client.user()
            #expect(fixture.clock.pauses == [.milliseconds(500), .seconds(1)])
        }
    }

    @Test("attempts are bounded, and an HTML page does not become a message")
    func bounded() async throws {
        try await Fixture.with { _, _ in
            .answer(502, body: "<html><h1>Unicorn!</h1></html>")
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.user() }
            #expect(error?.kind == .server(502))
            #expect(error?.message == "the answer was 502")
            #expect(fixture.server.requests.count == 3)
            // Whoever sends a status looks first whether it arrived.
            _ = await failure { () throws(GitHubError) in
                try await fixture.client.createStatus(
                    "acme/widget", sha: "abc", GitHubStatus(state: "success", context: "Kozmic CI"))
            }
            #expect(fixture.server.requests.count == 4)
        }
    }

    @Test("making a webhook is not repeated when the answer is lost", arguments: [true, false])
    func notRepeated(disconnects: Bool) async throws {
        try await Fixture.with { _, _ in
            disconnects ? .disconnect : .json(500, "oops")
        } _: { fixture in
            let spec = GitHubHookSpec(url: "https://x", events: [], secret: GitHubSecret("s"))
            let error = await failure { () throws(GitHubError) in
                try await fixture.client.createHook("acme/widget", spec)
            }
            #expect(error?.leavesOutcomeOpen == true)
            #expect(error?.isTransient == true)
            #expect(fixture.server.requests.count == 1)
        }
    }

    @Test("what must not be done twice goes over a new connection, where libcurl sends it once")
    func freshConnection() async throws {
        try await Fixture.with { _, number in
            number == 1 ? .json(200, #"{"id":1,"login":"x"}"#) : .disconnect
        } _: { fixture in
            _ = try await fixture.client.user()
            let spec = GitHubHookSpec(url: "https://x", events: [], secret: GitHubSecret("s"))
            let error = await failure { () throws(GitHubError) in
                try await fixture.client.createHook("acme/widget", spec)
            }
            #expect(error?.leavesOutcomeOpen == true)
            #expect(fixture.server.requests.map(\.method) == ["GET", "POST"])
        }
    }

    @Test("GitHub complains again without saying for how long: the waits double, and a good answer forgets them")
    func complaints() async throws {
        let time = TimeOfDay()
        try await Fixture.with(time: time) { _, number in
            number == 4 ? .json(200, #"{"id":1,"login":"x"}"#) : .json(429, #"{"message":"slow down"}"#)
        } _: { fixture in
            for seconds in [60, 120, 240, 0, 60] {
                let error = await failure { () throws(GitHubError) in try await fixture.client.user() }
                #expect(error?.kind == (seconds == 0 ? nil : .secondaryLimit(retryAfter: .seconds(seconds))))
                time.pass(seconds + 1)
            }
        }
    }

    @Test("the end of the hour's quota is kept for commit statuses")
    func reserve() async throws {
        let headers = [
            "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "200", "X-RateLimit-Reset": "\(1_800_000_000 + 90)",
        ]
        try await Fixture.with { _, number in
            .json(number == 1 ? 200 : 201, #"{"id":1,"login":"x"}"#, headers)
        } _: { fixture in
            let client = fixture.client
            _ = try await client.user()
            let quota = client.quotas().first
            #expect(quota?.remaining == 200)
            #expect(quota?.limit == 5000)
            #expect(quota?.resetsAt == Fixture.now.addingTimeInterval(90))
            for priority in [GitHubPriority.audit, .change] {
                let error = await failure { () throws(GitHubError) in
                    try await client.with(priority: priority).hooks("acme/widget")
                }
                #expect(error?.kind == .paced(until: Fixture.now.addingTimeInterval(90)))
                #expect(error?.isTransient == true)
                #expect(error?.wasNeverSent == true)
            }
            try await client.with(priority: .status).createStatus(
                "acme/widget", sha: "abc", GitHubStatus(state: "success", context: "Kozmic CI"))
            #expect(fixture.server.requests.count == 2)
        }
    }

    @Test("a server that is not there certainly saw nothing")
    func nobodyThere() async throws {
        try await Fixture.with { _, _ in
            .disconnect
        } _: { fixture in
            fixture.server.stop()
            let spec = GitHubHookSpec(url: "https://x", events: [], secret: GitHubSecret("s"))
            let error = await failure { () throws(GitHubError) in
                try await fixture.client.createHook("acme/widget", spec)
            }
            #expect(error?.kind == .transport)
            #expect(error?.leavesOutcomeOpen == false)
            #expect(fixture.clock.pauses.count == 2)
        }
    }

    @Test("a renamed repository is followed with method, body and token", arguments: [301, 302, 307, 308])
    func redirects(status: Int) async throws {
        try await Fixture.with { _, number in
            number == 1
                ? .json(status, #"{"message":"Moved"}"#, ["Location": "/api/v3/repositories/5/hooks/1"])
                : .json(200, hookJSON())
        } _: { fixture in
            let spec = GitHubHookSpec(url: "https://x", events: ["push"], secret: GitHubSecret("s"))
            _ = try await fixture.client.updateHook("acme/widget", 1, spec)
            let requests = fixture.server.requests
            #expect(requests.map(\.method) == ["PATCH", "PATCH"])
            #expect(requests.last?.target == "/api/v3/repositories/5/hooks/1")
            #expect(requests.last?.body == requests.first?.body)
            #expect(requests.last?.headers["authorization"] == "Bearer \(Fixture.token)")
        }
    }

    @Test("another host gets no token, and never a body")
    func redirectAway() async throws {
        let other = try ScriptedServer { _, _ in .json(200, #"{"id":1,"login":"x"}"#) }
        defer { other.stop() }
        let location = ["Location": other.url + "/elsewhere"]
        try await Fixture.with { _, _ in
            .answer(307, headers: location)
        } _: { fixture in
            _ = try await fixture.client.user()
            #expect(other.requests.count == 1)
            #expect(other.requests.first?.headers["authorization"] == nil)
            let spec = GitHubHookSpec(url: "https://x", events: [], secret: GitHubSecret("s"))
            let error = await failure { () throws(GitHubError) in
                try await fixture.client.createHook("acme/widget", spec)
            }
            #expect(error?.kind == .http(307))
            #expect(other.requests.count == 1)
        }
    }

    @Test("a circle of redirects ends")
    func circle() async throws {
        try await Fixture.with { _, _ in
            .answer(302, headers: ["Location": "/api/v3/user"])
        } _: { fixture in
            let error = await failure { () throws(GitHubError) in try await fixture.client.user() }
            #expect(error != nil)
            #expect(fixture.server.requests.count <= 10)
        }
    }

    @Test("a cancelled task stops waiting for the answer", .timeLimit(.minutes(5)))
    func cancellation() async throws {
        try await Fixture.with { _, _ in
            .hang
        } _: { fixture in
            let client = fixture.client
            let task = Task { await failure { () throws(GitHubError) in try await client.user() } }
            await fixture.server.arrived(1)
            task.cancel()
            #expect(await task.value?.kind == .cancelled)
        }
    }
}
