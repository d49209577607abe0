import Model
import Testing

@Suite("Which hooks run for an event")
struct HookMatchTests {
    private func hook(_ triggers: Triggers) throws -> Hook {
        Hook(id: try #require(HookID("tests")), triggers: triggers, image: "debian", buildScript: "#!/bin/sh\n")
    }

    private func push(_ ref: String) -> TriggerEvent { TriggerEvent(kind: .push, ref: GitRef(ref), commit: "") }

    @Test("A hook that says nothing runs for any branch and pull request, not for tags")
    func defaults() throws {
        let hook = try hook(Triggers())
        #expect(HookMatch(hook, push("refs/heads/feature/a")).runs)
        #expect(!HookMatch(hook, push("refs/tags/v1")).runs)
        #expect(!HookMatch(hook, push("refs/pull/1/head")).runs)
        let request = TriggerEvent(kind: .pullRequest, ref: .pullRequest(1), commit: "", baseBranch: "main")
        #expect(HookMatch(hook, request).runs)
        #expect(!HookMatch(hook, TriggerEvent(kind: .schedule, ref: .branch("main"), commit: "")).runs)
        #expect(HookMatch(hook, TriggerEvent(kind: .manual, ref: .branch("main"), commit: "")).runs)
    }

    @Test("The reason names the rule and the pattern")
    func reasons() throws {
        let hook = try hook(Triggers(push: .init(branches: ["main", "release/*"]), pullRequest: nil))
        #expect(
            HookMatch(hook, push("refs/heads/release/2")).reason
                == "on.push.branches: branch release/2 matches 'release/*'")
        #expect(!HookMatch(hook, push("refs/heads/release/2/x")).runs)
        let request = TriggerEvent(kind: .pullRequest, ref: .branch("a"), commit: "", baseBranch: "main")
        #expect(HookMatch(hook, request).reason == "the hook has no on.pull_request")
    }

    @Test("A branch that any glob of its kind would match is not named by it")
    func named() {
        for (globs, names) in [
            (["main", "release/*"], true), (["**"], false), (["*", "**/*"], false), (["**", "release/1"], true),
            (["rel*/**"], true), ([], false),
        ] {
            #expect(Triggers.Push(branches: globs).names(.branch("release/1")) == names, "\(globs)")
        }
        #expect(!Triggers.Push(branches: ["refs/**"], tags: ["v*"]).names(GitRef("refs/tags/v1")))
        #expect(!Triggers.Push(branches: ["p*"]).names(.pullRequest(5)))
    }

    @Test("A hook that runs for no pull request from a fork runs for the project's own")
    func forks() throws {
        var hook = try hook(Triggers())
        hook.settings.forkPullRequests = .never
        var request = TriggerEvent(kind: .pullRequest, ref: .pullRequest(1), commit: "", baseBranch: "main")
        #expect(HookMatch(hook, request).runs)
        request.fromFork = true
        let answer = HookMatch(hook, request)
        #expect(!answer.runs && answer.rule == "fork_pull_requests")
        #expect(answer.reason == "#1 comes from a fork, and fork_pull_requests is 'never'")
        hook.settings.forkPullRequests = .always
        #expect(HookMatch(hook, request).runs)
    }

    @Test("A pull request is matched by its base branch")
    func base() throws {
        let hook = try hook(Triggers(push: nil, pullRequest: .init(branches: ["main"])))
        #expect(
            HookMatch(hook, TriggerEvent(kind: .pullRequest, ref: .branch("x"), commit: "", baseBranch: "main")).runs)
        #expect(
            !HookMatch(hook, TriggerEvent(kind: .pullRequest, ref: .branch("main"), commit: "", baseBranch: "x")).runs)
    }

    @Test("A merge group is matched by its base branch, whether its push or merge_group comes first")
    func mergeGroups() throws {
        let branch = GitRef("refs/heads/gh-readonly-queue/release/2/pr-5-\(String(repeating: "c", count: 40))")
        #expect(MergeQueueBranch(branch)?.base == "release/2")
        #expect(MergeQueueBranch(branch)?.baseCommit == String(repeating: "c", count: 40))
        #expect(MergeQueueBranch(.branch("main")) == nil)
        #expect(MergeQueueBranch(.branch("gh-readonly-queue/main")) == nil)
        #expect(MergeQueueBranch(.branch("gh-readonly-queue//x")) == nil)
        let group = TriggerEvent(kind: .mergeGroup, ref: branch, commit: "", baseBranch: "release/2")
        let pushed = TriggerEvent(kind: .push, ref: branch, commit: "")
        for event in [group, pushed] {
            func runs(_ triggers: Triggers) throws -> Bool { HookMatch(try hook(triggers), event).runs }
            #expect(try runs(Triggers(push: nil, pullRequest: nil, mergeGroup: .init())))
            #expect(try runs(Triggers(push: nil, pullRequest: nil, mergeGroup: .init(branches: ["release/*"]))))
            #expect(try !runs(Triggers(push: nil, pullRequest: nil, mergeGroup: .init(branches: ["main"]))))
            #expect(try runs(Triggers(push: .init(), pullRequest: nil, mergeGroup: .init(branches: ["main"]))))
            #expect(try runs(Triggers()))
            #expect(try !runs(Triggers(push: .init(branches: ["main"]), pullRequest: nil)))
            #expect(try !runs(Triggers(push: nil, pullRequest: .init())))
            #expect(ChangedPaths.Base(event) == .commit(String(repeating: "c", count: 40)))
        }
        let triggers = Triggers(push: nil, pullRequest: nil, mergeGroup: .init())
        #expect(HookMatch(try hook(triggers), push("refs/heads/main")).reason == "the hook has no on.push")
        #expect(triggers.webhookEvents == ["merge_group"])
    }

    @Test("Every hook has a webhook, also one that only runs on a schedule")
    func webhookEvents() {
        #expect(Triggers().webhookEvents == ["pull_request", "push"])
        #expect(Triggers(push: nil, pullRequest: .init()).webhookEvents == ["pull_request"])
        #expect(Triggers(push: nil, pullRequest: nil, schedule: "0 4 * * *").webhookEvents == ["push"])
    }

    @Test("Skip words in any case", arguments: ["Fix [CI Skip]", "[skip ci]", "x SKIP_CI", "ci_skip"])
    func skipWords(message: String) {
        #expect(TriggerEvent(kind: .push, ref: .branch("a"), commit: "", message: message).skipWord != nil)
        #expect(TriggerEvent(kind: .push, ref: .branch("a"), commit: "", message: "skip the ci").skipWord == nil)
    }

    @Test(
        "A skip word inside of a longer word asks for nothing, and the first that stands alone counts",
        arguments: [
            ("Rename is_skip_ci_enabled", nil), ("skip_cicd", nil), ("ski_ci_skip2", nil), ("éskip_ci", nil),
            ("is_skip_ci_on, skip_ci", "skip_ci"), ("docs:skip_ci.", "skip_ci"), ("(ci_skip)", "ci_skip"),
            ("skip_ci\n\nmore", "skip_ci"), ("no[skip ci]at all", "[skip ci]"),
        ] as [(String, String?)])
    func skipWordBorders(message: String, word: String?) {
        #expect(TriggerEvent.skipWord(in: message) == word)
    }

    @Test("The text that holds the skip word is called by its name")
    func skipPlace() {
        func place(_ kind: TriggerEvent.Kind, _ message: String) -> String {
            TriggerEvent(kind: kind, ref: .branch("a"), commit: "", message: message).skipPlace
        }
        #expect(place(.push, "One [skip ci]") == "the message")
        #expect(place(.pullRequest, "One [skip ci]\n\nText") == "the pull request's title")
        #expect(place(.pullRequest, "One\n\nText [skip ci]") == "the pull request's description")
    }

    @Test("Skip words count for pushes and pull requests, not where a verdict is asked for")
    func skipWordKinds() {
        func word(_ kind: TriggerEvent.Kind, _ ref: String = "refs/heads/main") -> String? {
            TriggerEvent(kind: kind, ref: GitRef(ref), commit: "", message: "Squash (#5)\n\n* Docs [skip ci]").skipWord
        }
        #expect(word(.push) == "[skip ci]" && word(.pullRequest) == "[skip ci]")
        #expect(word(.mergeGroup) == nil && word(.schedule) == nil && word(.manual) == nil)
        #expect(word(.push, "refs/heads/gh-readonly-queue/main/pr-5-0123") == nil)
    }
}
