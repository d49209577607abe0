import Foundation
import Subprocess
import Testing

@testable import GitHubSimulator

@Suite("git over HTTP")
struct GitOverHTTPTests {
    @Test("a clone, a push of a new branch, and what the webhook says about it")
    func cloneAndPush() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            _ = try await fixture.hook(receiver.url, events: ["push", "create", "delete"])
            try await fixture.mustGit("clone", "--quiet", fixture.remote(), "work")
            let work = fixture.folder + "/work"
            let base = try await fixture.mustGit("rev-parse", "HEAD", in: work)
            try await fixture.mustGit("checkout", "--quiet", "-b", "topic/one", in: work)
            try "changed\n".write(toFile: work + "/README.md", atomically: true, encoding: .utf8)
            try "new\n".write(toFile: work + "/né w.txt", atomically: true, encoding: .utf8)
            try await fixture.mustGit("rm", "--quiet", "a.txt", in: work)
            try await fixture.mustGit("add", "-A", in: work)
            try await fixture.mustGit("commit", "--quiet", "-m", "Subject\n\nBody", in: work)
            try await fixture.mustGit("push", "--quiet", "origin", "topic/one", in: work)
            let head = try await fixture.mustGit("rev-parse", "HEAD", in: work)

            let create = await receiver.next("create").json
            #expect(create["ref"] == "topic/one" && create["ref_type"] == "branch")
            let hook = await receiver.next("push")
            #expect(hook.isSigned(with: "s3cret"))
            let push = hook.json
            #expect(push["ref"] == "refs/heads/topic/one")
            #expect(push["before"]?.text == GitRunner.zeros && push["after"]?.text == head)
            #expect(push["created"] == true && push["deleted"] == false && push["forced"] == false)
            #expect(push["sender"]?["login"] == "octocat" && push["pusher"]?["name"] == "octocat")
            #expect(push["repository"]?["created_at"]?.number != nil)
            #expect(push["repository"]?["pushed_at"]?.number != nil)
            #expect(push["repository"]?["organization"] == "acme" && push["organization"]?["login"] == "acme")
            let commit = try #require(push["commits"]?.items?.first)
            #expect(push["commits"]?.items?.count == 1)
            #expect(commit["id"]?.text == head && commit["message"] == "Subject\n\nBody")
            #expect(commit["added"] == ["né w.txt"])
            #expect(commit["removed"] == ["a.txt"] && commit["modified"] == ["README.md"])
            #expect(push["head_commit"] == commit)

            try await fixture.mustGit("push", "--quiet", "origin", "\(base):refs/heads/at-base", in: work)
            let existing = await receiver.next("push").json
            #expect(existing["commits"] == [] && existing["base_ref"] == "refs/heads/main")
            #expect(existing["head_commit"]?["id"]?.text == base)
        }
    }

    @Test("tags, deleted and forced branches")
    func otherPushes() async throws {
        try await SimulatorFixture.withReceiver { fixture, receiver in
            try await fixture.mustGit("clone", "--quiet", fixture.remote(), "work")
            let work = fixture.folder + "/work"
            _ = try await fixture.hook(receiver.url, events: ["*"])
            try await fixture.mustGit("tag", "-a", "v1", "-m", "one", in: work)
            try await fixture.mustGit("push", "--quiet", "origin", "v1", in: work)
            let tag = await receiver.next("push").json
            #expect(tag["ref"] == "refs/tags/v1" && tag["created"] == true && tag["commits"] == [])
            #expect(tag["base_ref"] == "refs/heads/main" && tag["head_commit"]?["message"] == "First commit")
            #expect(tag["after"] != tag["head_commit"]?["id"])

            try await fixture.mustGit("commit", "--quiet", "--amend", "--allow-empty", "-m", "Again", in: work)
            try await fixture.mustGit("push", "--quiet", "--force", "origin", "HEAD:main", in: work)
            let forced = await receiver.next("push").json
            #expect(forced["forced"] == true && forced["commits"]?.items?.count == 1)

            try await fixture.mustGit("push", "--quiet", "origin", ":v1", in: work)
            let delete = await receiver.next("delete").json
            #expect(delete["ref"] == "v1" && delete["ref_type"] == "tag")
            let deleted = await receiver.next("push").json
            #expect(deleted["deleted"] == true && deleted["head_commit"] == .null && deleted["commits"] == [])
            #expect(deleted["after"]?.text == GitRunner.zeros)

            try await fixture.idle()
            _ = await receiver.rest()
            try await fixture.mustGit(
                "push", "--quiet", "origin", "HEAD:refs/tags/a", "HEAD:refs/tags/b", "HEAD:refs/tags/c",
                "HEAD:refs/tags/d", in: work)
            try await fixture.idle()
            #expect(await receiver.rest().isEmpty, "more than three tags make no events")
        }
    }

    @Test("private repositories need a token, pushes need permission, and refs/pull is not for pushing")
    func access() async throws {
        try await SimulatorFixture.with { fixture in
            try await fixture.control("PATCH", "/repos/acme/widget", ["private": true])
            #expect(!(try await fixture.git(["clone", fixture.remote(token: nil), "x1"]).isSuccess))
            #expect(!(try await fixture.git(["clone", fixture.remote(token: "wrong"), "x2"]).isSuccess))
            let stranger = try await fixture.git(["clone", fixture.remote(token: "stranger-token"), "x3"])
            #expect(!stranger.isSuccess && stranger.text.contains("not found"))

            try await fixture.control("PATCH", "/repos/acme/widget", ["private": false])
            let address = fixture.remote(token: "stranger-token")
            try await fixture.mustGit("clone", "--quiet", address, "work")
            let work = fixture.folder + "/work"
            try await fixture.mustGit("commit", "--quiet", "--allow-empty", "-m", "mine", in: work)
            let denied = try await fixture.git(["push", "origin", "HEAD:main"], in: work)
            #expect(!denied.isSuccess && denied.text.contains("denied to stranger"))
            let hidden = try await fixture.git(["push", fixture.remote(), "HEAD:refs/pull/7/head"], in: work)
            #expect(!hidden.isSuccess && hidden.text.contains("hidden ref"))
            let references = try await fixture.control("GET", "/repos/acme/widget/refs")
            #expect(references.members?.map(\.name) == ["refs/heads/main"])
        }
    }

    @Test("a request that git packs, any commit by its id, and a former name")
    func fetches() async throws {
        try await SimulatorFixture.with { fixture in
            try await fixture.mustGit("clone", "--quiet", fixture.remote(), "seed")
            let seed = fixture.folder + "/seed"
            for number in 1...25 {
                try await fixture.mustGit("commit", "--quiet", "--allow-empty", "-m", "\(number)", in: seed)
                try await fixture.mustGit("branch", "branch-\(number)", in: seed)
            }
            try await fixture.mustGit("push", "--quiet", "--all", "origin", in: seed)
            let last = try await fixture.mustGit("rev-parse", "HEAD", in: seed)
            // Twenty-five wanted ids are more than a kilobyte, from where on git compresses its request.
            let clone = try await fixture.git(
                ["clone", "--no-checkout", fixture.remote(), "work"], variables: ["GIT_TRACE_CURL": "1"])
            #expect(clone.isSuccess && clone.text.lowercased().contains("content-encoding: gzip"))
            let work = fixture.folder + "/work"
            #expect(try await fixture.mustGit("rev-parse", "origin/branch-25", in: work) == last)
            try await fixture.mustGit("-c", "protocol.version=0", "clone", "--quiet", fixture.remote(), "old")
            try await fixture.control("DELETE", "/repos/acme/widget/refs", ["ref": "refs/heads/branch-25"])
            try await fixture.control(
                "PUT", "/repos/acme/widget/refs", ["ref": "refs/heads/main", "sha": .string(last + "~1")])
            try await fixture.mustGit("init", "--quiet", "bare")
            try await fixture.mustGit("fetch", "--quiet", fixture.remote(), last, in: fixture.folder + "/bare")
            try await fixture.control("PATCH", "/repos/acme/widget", ["name": "gadget"])
            try await fixture.mustGit("fetch", "--quiet", "origin", in: work)
            let log = try await fixture.control("GET", "/requests?user=octocat")
            #expect(log["requests"]?.items?.allSatisfy { $0["kind"] == "git" } == true)
        }
    }
}
