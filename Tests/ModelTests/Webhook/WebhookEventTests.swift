import Foundation
import Model
import SeededRandom
import Testing

@Suite("What a payload means")
struct WebhookEventTests {
    private let commit = String(repeating: "a1", count: 20)
    private let zeros = String(repeating: "0", count: 40)

    private func parse(_ event: String, _ json: String) throws -> WebhookEvent {
        try WebhookEvent.parse(event: event, payload: Array(json.utf8))
    }

    private func trigger(_ event: String, _ json: String) throws -> TriggerEvent {
        guard case .trigger(let trigger) = try parse(event, json) else {
            throw PayloadError("\(try parse(event, json)) is no trigger")
        }
        return trigger
    }

    private func push(ref: String = "refs/heads/main", before: String? = nil, head: String? = nil) -> String {
        let head =
            head ?? #"{"id":"\#(commit)","message":"One\n\nTwo","author":{"name":"Mona","email":"mona@example.org"}}"#
        return #"{"ref":"\#(ref)","before":"\#(before ?? zeros)","after":"\#(commit)","deleted":false,"#
            + #""head_commit":\#(head),"pusher":{"name":"hubot"},"sender":{"login":"octocat"}}"#
    }

    private func pullRequest(
        action: String = "opened", headRepository: String = #"{"id":7}"#, body: String = #""Because""#
    ) -> String {
        #"{"action":"\#(action)","number":17,"repository":{"id":7},"sender":{"login":"octocat"},"pull_request":{"#
            + #""number":17,"title":"A change","body":\#(body),"user":{"login":"mona"},"#
            + #""head":{"ref":"topic/a","sha":"\#(commit)","repo":\#(headRepository)},"#
            + #""base":{"ref":"main","sha":"\#(zeros)","repo":{"id":7}}}}"#
    }

    private func mergeGroup(_ action: String, head: String = "refs/heads/gh-readonly-queue/main/pr-5-x") -> String {
        #"{"action":"\#(action)","reason":"invalidated","sender":{"login":"octocat"},"merge_group":{"#
            + #""head_sha":"\#(commit)","head_ref":"\#(head)","base_sha":"\#(String(repeating: "b", count: 40))","#
            + #""base_ref":"refs/heads/main","head_commit":{"id":"\#(commit)","message":"Merge","#
            + #""author":{"name":"Mona","email":"mona@example.org"}}}}"#
    }

    @Test("A merge group is built at its head, and ends with a word; anything else is said and ignored")
    func mergeGroups() throws {
        #expect(
            try trigger("merge_group", mergeGroup("checks_requested"))
                == TriggerEvent(
                    kind: .mergeGroup, ref: .branch("gh-readonly-queue/main/pr-5-x"), commit: commit, message: "Merge",
                    authorName: "Mona", authorEmail: "mona@example.org", sender: "octocat", baseBranch: "main",
                    baseCommit: String(repeating: "b", count: 40)))
        #expect(
            try parse("merge_group", mergeGroup("destroyed"))
                == .mergeGroupEnded(.branch("gh-readonly-queue/main/pr-5-x"), reason: "invalidated"))
        #expect(
            try parse("merge_group", mergeGroup("sung")) == .ignored("merge group: 'sung' makes no build"))
        #expect(throws: PayloadError.self) {
            try parse("merge_group", mergeGroup("destroyed", head: "refs/tags/v1"))
        }
    }

    @Test("A push of a branch, whose name may hold slashes")
    func branch() throws {
        let event = try trigger("push", push(ref: "refs/heads/feature/a/b", before: String(repeating: "b", count: 40)))
        #expect(
            event
                == TriggerEvent(
                    kind: .push, ref: .branch("feature/a/b"), commit: commit, message: "One\n\nTwo",
                    authorName: "Mona", authorEmail: "mona@example.org", sender: "octocat",
                    before: String(repeating: "b", count: 40)))
    }

    @Test("The author's account is known when GitHub names it, and when it is a name that an account can have")
    func author() throws {
        func login(_ author: String) throws -> String? {
            let head = #"{"id":"\#(commit)","message":"m","author":\#(author)}"#
            return try trigger("push", push(head: head)).authorLogin?.description
        }
        #expect(try login(#"{"name":"Mona","username":"mona-lisa"}"#) == "mona-lisa")
        #expect(try login(#"{"name":"Bot","username":"dependabot[bot]"}"#) == "dependabot[bot]")
        for author in [#"{"name":"Mona"}"#, #"{"username":"../x"}"#, #"{"username":""}"#, #"{"username":"[bot]"}"#] {
            #expect(try login(author) == nil)
        }
        #expect(try trigger("pull_request", pullRequest()).authorLogin?.description == "mona")
    }

    @Test("Zeros before a push mean a new branch")
    func newBranch() throws {
        #expect(try trigger("push", push()).before == nil)
    }

    @Test("The commit of an annotated tag is the head commit, not the tag object")
    func annotatedTag() throws {
        let json = push(ref: "refs/tags/v1").replacing(
            #""after":"\#(commit)""#, with: #""after":"\#(zeros.dropLast())1""#)
        let event = try trigger("push", json)
        #expect(event.ref.kind == .tag("v1"))
        #expect(event.commit == commit)
    }

    @Test("A deleted branch is told as such, a tag of no commit makes no build")
    func nothingToBuild() throws {
        let deleted =
            #"{"ref":"refs/heads/a","before":"\#(commit)","after":"\#(zeros)","deleted":true,"head_commit":null}"#
        #expect(try parse("push", deleted) == .deleted(.branch("a"), at: nil))
        let silent = #"{"ref":"refs/heads/a","after":"\#(zeros)"}"#
        #expect(try parse("push", silent) == .deleted(.branch("a"), at: nil))
        #expect(try parse("push", push(ref: "refs/tags/t", head: "null")) == .ignored("the tag t names no commit"))
        #expect(
            try parse("push", push(ref: "refs/pull/1/head"))
                == .ignored("refs/pull/1/head is neither a branch nor a tag"))
    }

    @Test("A pull request of the same repository has its branch's ref, so that it shares the push's build")
    func sameRepository() throws {
        let event = try trigger("pull_request", pullRequest())
        #expect(
            event
                == TriggerEvent(
                    kind: .pullRequest, ref: .branch("topic/a"), commit: commit, message: "A change\n\nBecause",
                    authorName: "mona", authorLogin: AccountName("mona"), sender: "octocat", pullRequest: 17,
                    baseBranch: "main"))
    }

    @Test(
        "Whatever is not certainly the project's own branch counts as a fork",
        arguments: [#"{"id":8}"#, "null"])
    func fork(headRepository: String) throws {
        let event = try trigger("pull_request", pullRequest(headRepository: headRepository))
        #expect(event.ref == .pullRequest(17))
        #expect(event.fromFork)
    }

    @Test("A pull request without a repository at its head counts as a fork, one without a body has its title")
    func missingParts() throws {
        let event = try trigger(
            "pull_request", pullRequest(body: "null").replacing(#","repo":{"id":7}},"base""#, with: #"},"base""#))
        #expect(event.fromFork)
        #expect(event.message == "A change")
    }

    @Test(
        "Actions that bring no new commit make no build",
        arguments: ["edited", "labeled", "converted_to_draft"])
    func otherActions(action: String) throws {
        let event = try parse("pull_request", pullRequest(action: action))
        #expect(event == .ignored("pull request #17: '\(action)' makes no build"))
    }

    @Test("A pull request that goes to another base, or loses its skip word, is decided anew; another edit is not")
    func edited() throws {
        func edit(_ changes: String) throws -> WebhookEvent {
            try parse(
                "pull_request", pullRequest(action: "edited").dropLast() + #","changes":\#(changes)}"#)
        }
        for changes in [#"{"base":{"ref":{"from":"dev"}}}"#, #"{"title":{"from":"[skip ci] A change"}}"#] {
            guard case .trigger = try edit(changes) else {
                Issue.record("\(changes)")
                continue
            }
        }
        #expect(try edit(#"{"body":{"from":"Old"}}"#) == .ignored("pull request #17: 'edited' makes no build"))
    }

    @Test("The time of an event is a number or a text, and no error when it is neither")
    func times() throws {
        let times = [#""2026-11-24T18:00:00Z""#: Int64?(1_795_543_200), "1795543200": 1_795_543_200, "[]": nil]
        for (text, seconds) in times {
            let push = push().dropLast() + #","repository":{"pushed_at":\#(text)}}"#
            #expect(try trigger("push", String(push)).happenedAt == seconds)
            let request = pullRequest().replacing(#""title":"#, with: #""updated_at":\#(text),"title":"#)
            #expect(try trigger("pull_request", request).happenedAt == seconds)
        }
    }

    @Test("A pull request's end is told, merged or not, and its base commit is kept")
    func closed() throws {
        #expect(
            try parse("pull_request", pullRequest(action: "closed"))
                == .closed(pullRequest: 17, merged: false, at: nil))
        let merged = pullRequest(action: "closed").replacing(
            #""number":17,"title""#, with: #""number":17,"merged":true,"title""#)
        #expect(try parse("pull_request", merged) == .closed(pullRequest: 17, merged: true, at: nil))
        let base = pullRequest().replacing(zeros, with: commit)
        #expect(try trigger("pull_request", base).baseCommit == commit)
    }

    @Test("A ping, and events that nobody asked for")
    func others() throws {
        #expect(
            try parse("ping", #"{"zen":"Be calm","hook_id":73209766136}"#)
                == .ping(hookID: 73_209_766_136, zen: "Be calm"))
        #expect(try parse("ping", "{}") == .ping(hookID: nil, zen: ""))
        #expect(try parse("star", "{}") == .ignored("the event 'star' makes no build"))
        #expect(try parse("a\nb", "") == .ignored("the event with that name makes no build"))
    }

    @Test(
        "A malformed payload names the key",
        arguments: [
            ("push", "", "not JSON"), ("push", "[1", "not JSON"), ("push", "[]", "has the wrong type"),
            ("push", "{}", "ref: is missing"),
            ("push", #"{"ref":5,"after":""}"#, "ref: has the wrong type"),
            ("push", #"{"ref":"main","after":"a"}"#, "ref: not a reference name"),
            ("push", #"{"ref":"refs/heads/../x","after":"a"}"#, "ref: not a reference name"),
            ("push", #"{"ref":"refs/heads/a\u0000","after":"a"}"#, "ref: not a reference name"),
            (
                "push", #"{"ref":"refs/heads/a","after":"a","head_commit":{"id":"--help"}}"#,
                "head_commit.id: not a commit id"
            ),
            ("push", #"{"ref":"refs/heads/a","after":"a","head_commit":{}}"#, "head_commit.id: is missing"),
            ("pull_request", #"{"action":"opened","repository":{"id":1}}"#, "pull_request: is missing"),
            ("pull_request", #"{"action":"opened","repository":{"id":"1"}}"#, "repository.id: has the wrong type"),
            ("ping", #"{"hook_id":"x"}"#, "hook_id: has the wrong type"),
        ])
    func malformed(event: String, json: String, expected: String) {
        do {
            Issue.record("no error but \(try parse(event, json))")
        } catch {
            #expect("\(error)" == expected)
        }
    }

    @Test("Long messages are cut at a character, deep nesting and other people's text do no harm")
    func bounds() throws {
        let long = String(repeating: "ü", count: 100_000)
        let head = #"{"id":"\#(commit)","message":"\#(long)"}"#
        let message = try trigger("push", push(head: head)).message
        #expect(message.utf8.count <= 64 << 10)
        #expect(message.hasSuffix("ü…"))
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: PayloadError.self) { try parse("push", deep) }
        let big = [UInt8](repeating: 0x20, count: 26 << 20)
        #expect(throws: PayloadError.self) { try WebhookEvent.parse(event: "push", payload: big) }
    }

    @Test("Cut and mangled payloads give an error or a value, never a crash")
    func fuzz() {
        var random = SeededGenerator(seed: 42)
        for sample in [push(), pullRequest()] {
            let bytes = Array(sample.utf8)
            for event in ["push", "pull_request", "ping"] {
                for _ in 0..<400 {
                    var mangled = bytes
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        let place = Int.random(in: mangled.indices, using: &random)
                        mangled[place] = UInt8.random(in: .min ... .max, using: &random)
                    }
                    mangled.removeLast(Int.random(in: 0...3, using: &random))
                    guard case .trigger(let trigger)? = try? WebhookEvent.parse(event: event, payload: mangled) else {
                        continue
                    }
                    #expect(trigger.commit.utf8.count == 40)
                    #expect(trigger.ref.description.hasPrefix("refs/"))
                }
            }
        }
    }
}
