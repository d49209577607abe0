import Testing

@testable import GitHubSimulator

@Suite("Pull requests")
struct PullRequestTests {
    @Test("a pull request from a fork lives through opened, synchronize, closed and reopened")
    func fork() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url, events: ["pull_request"])
            try await fixture.control("POST", "/repos/acme/widget/forks", ["owner": "hubot"])
            let first = try await fixture.control(
                "POST", "/repos/hubot/widget/commits",
                ["branch": "topic", "message": "one", "files": ["x": "1"], "sender": "hubot"])
            let made = try await fixture.control(
                "POST", "/repos/acme/widget/pulls", ["title": "Please", "head": "hubot:topic"])
            #expect(made["number"] == 1 && made["user"] == "hubot")
            let opened = await receiver.next("pull_request").json
            #expect(opened["action"] == "opened" && opened["number"] == 1)
            let pull = try #require(opened["pull_request"])
            #expect(pull["head"]?["repo"]?["full_name"] == "hubot/widget" && pull["head"]?["repo"]?["fork"] == true)
            #expect(pull["base"]?["repo"]?["full_name"] == "acme/widget")
            #expect(pull["head"]?["sha"] == first["sha"] && pull["body"] == .null && pull["mergeable"] == .null)
            #expect(opened["repository"]?["created_at"]?.text != nil)

            try await fixture.mustGit("clone", "--quiet", fixture.remote("hubot/widget", token: "hubot-token"), "work")
            let work = fixture.folder + "/work"
            try await fixture.mustGit("checkout", "--quiet", "topic", in: work)
            try await fixture.mustGit("commit", "--quiet", "--allow-empty", "-m", "two", in: work)
            try await fixture.mustGit("push", "--quiet", "origin", "topic", in: work)
            let head = try await fixture.mustGit("rev-parse", "HEAD", in: work)
            let synchronized = await receiver.next("pull_request").json
            #expect(synchronized["action"] == "synchronize")
            #expect(synchronized["before"] == first["sha"] && synchronized["after"]?.text == head)
            let listed = try await fixture.mustGit("ls-remote", fixture.remote(), "refs/pull/1/head")
            #expect(listed.hasPrefix(head))

            try await fixture.control("PATCH", "/repos/acme/widget/pulls/1", ["state": "closed"])
            #expect(await receiver.next("pull_request").json["action"] == "closed")
            try await fixture.control("PATCH", "/repos/acme/widget/pulls/1", ["state": "open"])
            #expect(await receiver.next("pull_request").json["action"] == "reopened")
            try await fixture.control("DELETE", "/repos/hubot/widget")
            let orphan = try await fixture.rest("GET", "/repos/acme/widget/pulls/1").json
            #expect(orphan["head"]?["repo"] == .null && orphan["head"]?["user"] == .null)
        }
    }

    @Test("merging makes a push of the base branch; deleting the head closes")
    func ends() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url, events: ["push", "pull_request"])
            let head = try await fixture.commit("topic", ["x": "1"])
            _ = await (receiver.next("ping"), receiver.next("push"))
            let body: JSON = ["title": "Mine", "head": "topic", "base": "main"]
            #expect(try await fixture.rest("POST", "/repos/acme/widget/pulls", body).status == 201)
            let again = try await fixture.rest("POST", "/repos/acme/widget/pulls", body)
            #expect(again.errors == ["A pull request already exists for acme:topic."])
            let none = try await fixture.rest(
                "POST", "/repos/acme/widget/pulls", ["title": "None", "head": "main", "base": "topic"])
            #expect(none.errors == ["No commits between topic and main"])
            _ = await receiver.next("pull_request")
            let merged = try await fixture.control("PATCH", "/repos/acme/widget/pulls/1", ["merged": true])
            #expect(merged["merged"] == true)
            let push = await receiver.next("push").json
            #expect(push["ref"] == "refs/heads/main")
            #expect(push["commits"]?.items?.compactMap { $0["id"]?.text }.contains(head) == true)
            let closed = await receiver.next("pull_request").json
            #expect(closed["action"] == "closed" && closed["pull_request"]?["merged"] == true)

            try await fixture.commit("second", ["y": "1"])
            try await fixture.control("POST", "/repos/acme/widget/pulls", ["title": "Two", "head": "second"])
            #expect(await receiver.next("pull_request").json["number"] == 2)
            try await fixture.control("DELETE", "/repos/acme/widget/refs", ["ref": "refs/heads/second"])
            let gone = await receiver.next("pull_request").json
            #expect(gone["action"] == "closed" && gone["pull_request"]?["merged"] == false)
        }
    }
}

@Suite("Merge queues")
struct MergeQueueTests {
    @Test("a branch of the queue makes a push and merge_group; its end says whether it was merged")
    func group() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url, events: ["merge_group"])
            let refs = try await fixture.control("GET", "/repos/acme/widget/refs")
            let base = try #require(refs["refs/heads/main"]?.text)
            for isMerged in [false, true] {
                let branch = "gh-readonly-queue/main/pr-1-\(base)"
                let made = try await fixture.control(
                    "POST", "/repos/acme/widget/commits",
                    [
                        "branch": .string(branch), "from": "main", "message": "Merge",
                        "files": ["x": .string("\(isMerged)")],
                    ])
                let requested = await receiver.next("merge_group").json
                #expect(requested["action"] == "checks_requested")
                let group = try #require(requested["merge_group"])
                #expect(group["head_sha"] == made["sha"] && group["base_sha"]?.text == base)
                #expect(group["head_ref"]?.text == "refs/heads/\(branch)" && group["base_ref"] == "refs/heads/main")
                #expect(group["head_commit"]?["message"]?.text?.hasPrefix("Merge") == true)
                if isMerged {
                    try await fixture.control(
                        "PUT", "/repos/acme/widget/refs", ["ref": "refs/heads/main", "sha": try #require(made["sha"])])
                }
                try await fixture.control(
                    "DELETE", "/repos/acme/widget/refs", ["ref": .string("refs/heads/\(branch)")])
                let destroyed = await receiver.next("merge_group").json
                #expect(destroyed["action"] == "destroyed")
                #expect(destroyed["reason"]?.text == (isMerged ? "merged" : "dequeued"))
            }
        }
    }
}
