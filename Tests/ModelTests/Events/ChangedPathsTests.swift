import Model
import Testing

@Suite("Rules about paths")
struct ChangedPathsTests {
    private func hook(_ paths: [String]) throws -> Hook {
        var hook = Hook(id: try #require(HookID("tests")), image: "debian", buildScript: "#!/bin/sh\n")
        hook.paths = paths
        return hook
    }

    @Test("One path that matches is enough, and is named")
    func matches() throws {
        let hook = try hook(["src/**", "*.md"])
        let match = HookMatch(hook, .paths(["docs/a", "src/deep/x.c"], base: "main"))
        #expect(match.runs && match.reason == "paths: 'src/deep/x.c' matches 'src/**'")
        let none = HookMatch(hook, .paths(["docs/README.md", "srcs"], base: "the previous head 0123abcd"))
        #expect(!none.runs)
        #expect(
            none.reason
                == "paths: none of 2 changed files matches [\"src/**\", \"*.md\"], compared with the previous head 0123abcd"
        )
        #expect(!HookMatch(hook, .paths([], base: "x")).runs)
        #expect(HookMatch(hook, .unknown("topic is new")).runs)
    }

    @Test("The base: the previous head for a push, the merge base for a pull request, nothing for what is new")
    func bases() {
        var push = TriggerEvent(kind: .push, ref: .branch("a"), commit: "c", before: "b")
        #expect(ChangedPaths.Base(push) == .commit("b"))
        push.before = nil
        #expect(ChangedPaths.Base(push) == .none("a is new"))
        let request = TriggerEvent(
            kind: .pullRequest, ref: .branch("a"), commit: "c", baseBranch: "main", baseCommit: "m", before: "b")
        #expect(ChangedPaths.Base(request) == .mergeBase(branch: "main", commit: "m"))
    }

    @Test("A sentence names the place of the rule, or of what the rule stands in")
    func places() throws {
        var hook = try hook(["src/**"])
        hook.origin = HookOrigin(file: "projects/a.yaml", line: 3, rules: ["on": 4, "on.push": 5, "paths": 7])
        let event = TriggerEvent(kind: .push, ref: .branch("main"), commit: "")
        #expect(
            HookMatch(hook, event).sentence(hook)
                == "tests: on.push.branches: branch main matches '**' (projects/a.yaml:5)")
        #expect(HookMatch(hook, .paths([], base: "x")).sentence(hook).hasSuffix("(projects/a.yaml:7)"))
        hook.origin?.rules = [:]
        #expect(HookMatch(hook, event).sentence(hook).hasSuffix("(projects/a.yaml:3)"))
    }
}
