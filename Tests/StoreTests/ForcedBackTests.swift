import Model
import Testing

@testable import Store

@Suite("A branch of a pull request that is forced back to a commit that was superseded")
struct ForcedBackTests {
    /// A project with a hook that only pushes run, and one that pull requests run, too.
    private struct Scene {
        var fixture: Fixture
        var project: ProjectRecord
        var pushes: Hook
        var tests: Hook

        init(_ fixture: Fixture) async throws {
            self.fixture = fixture
            project = try await fixture.declare(["a"])[0]
            pushes = try Fixture.hook("pushes")
            pushes.triggers = Triggers(push: .init(), pullRequest: nil)
            tests = try Fixture.hook("tests")
        }

        @discardableResult
        func event(
            _ kind: TriggerEvent.Kind, _ commit: String, at time: Int64, before: String? = nil,
            on branch: String = "topic"
        ) async throws -> BuildRecord {
            var new = try Fixture.newBuild(project, commit: commit, ref: .branch(branch))
            new.event.kind = kind
            new.event.pullRequest = kind == .pullRequest ? 5 : nil
            new.event.happenedAt = time
            new.event.before = before
            new.hooks = kind == .push ? [pushes, tests] : [tests]
            return try #require(try await fixture.store.createBuild(new))
        }

        /// What a look does that finds the commit at the branch. Rules about what changed would skip both hooks.
        func find(
            _ commit: String, on branch: String = "topic", seen: EventMark? = nil
        ) async throws -> BuildRecord? {
            let now = try await fixture.store.eventMark(project.id)
            var new = try Fixture.newBuild(project, commit: commit, ref: .branch(branch), hooks: [])
            new.skipped = [pushes, tests].map { SkippedHook($0, reason: "nothing changed") }
            new.seen = seen ?? now
            let ended = try await fixture.store.overtakenJobs(
                project.id, ref: new.event.ref, commit: commit, hooks: [pushes.id, tests.id], seen: seen ?? now)
            new.bringBack(ended, isAll: true)
            return try await fixture.store.createFoundBuild(new, decision: "found")
        }

        func states(_ build: BuildRecord) async throws -> [JobState] {
            try await fixture.store.jobs(build.id).map(\.state)
        }
    }

    @Test(
        "its push brings back what only pushes run, whether it comes in before or after the pull request's event",
        arguments: [[TriggerEvent.Kind.push, .pullRequest], [.pullRequest, .push]])
    func comesBack(order: [TriggerEvent.Kind]) async throws {
        try await Fixture.with { fixture in
            let scene = try await Scene(fixture)
            let first = try await scene.event(.push, "a", at: 100)
            try await scene.event(.pullRequest, "a", at: 101)
            try await scene.event(.push, "b", at: 200, before: "a")
            let second = try await scene.event(.pullRequest, "b", at: 201, before: "a")
            #expect(try await scene.states(first) == [.cancelled, .cancelled])
            // What was delivered late is of before.
            try await scene.event(.push, "a", at: 150)
            #expect(try await scene.states(first) == [.cancelled, .cancelled])
            for kind in order { try await scene.event(kind, "a", at: 300, before: "b") }
            #expect(try await scene.states(first) == [.queued, .queued])
            #expect(try await scene.states(second) == [.cancelled, .cancelled])
            #expect(try await fixture.store.jobs(first.id).map(\.attempt) == [2, 2])
            for kind in order { try await scene.event(kind, "a", at: 300, before: "b") }
            #expect(try await fixture.store.jobs(first.id).map(\.attempt) == [2, 2], "once")
            for _ in 0..<2 { try await fixture.runNext() }
            #expect(try await fixture.status(scene.project, commit: "a").wanted.state == .success)
        }
    }

    @Test("also within the second of the push that superseded it, which it names")
    func sameSecond() async throws {
        try await Fixture.with { fixture in
            let scene = try await Scene(fixture)
            let first = try await scene.event(.push, "a", at: 100)
            try await scene.event(.pullRequest, "a", at: 100)
            try await scene.event(.pullRequest, "b", at: 100, before: "a")
            #expect(try await scene.states(first) == [.cancelled, .cancelled])
            try await scene.event(.push, "a", at: 100, before: "c")
            #expect(try await scene.states(first) == [.cancelled, .cancelled])
            try await scene.event(.push, "a", at: 100, before: "b")
            #expect(try await scene.states(first) == [.queued, .queued])
        }
    }

    @Test("also when only the pull request's events tell of it")
    func sameSecondOfPullRequest() async throws {
        try await Fixture.with { fixture in
            let scene = try await Scene(fixture)
            let first = try await scene.event(.pullRequest, "a", at: 99)
            let second = try await scene.event(.pullRequest, "b", at: 100, before: "a")
            #expect(try await scene.states(first) == [.cancelled])
            for _ in 0..<2 { try await scene.event(.pullRequest, "a", at: 100, before: "b") }
            #expect(try await scene.states(first) == [.queued])
            #expect(try await scene.states(second) == [.cancelled])
            #expect(try await fixture.store.jobs(first.id).map(\.attempt) == [2], "once")
            // What is told once more is not news.
            for _ in 0..<2 { try await scene.event(.pullRequest, "b", at: 100, before: "a") }
            #expect(try await scene.states(first) == [.queued])
            #expect(try await scene.states(second) == [.cancelled])
            #expect(try await fixture.store.jobs(second.id).map(\.attempt) == [1])
            try await scene.event(.pullRequest, "b", at: 101, before: "a")
            #expect(try await scene.states(first) == [.cancelled])
            #expect(try await scene.states(second) == [.queued])
        }
    }

    @Test(
        "in a cancelling group, too: the commit that it came from makes room, and its push told once more changes nothing"
    )
    func sameSecondInGroup() async throws {
        try await Fixture.with { fixture in
            var scene = try await Scene(fixture)
            scene.tests.concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let first = try await scene.event(.push, "a", at: 100)
            let second = try await scene.event(.push, "b", at: 100, before: "a")
            #expect(try await scene.states(first) == [.queued, .cancelled])
            for _ in 0..<2 {
                try await scene.event(.push, "a", at: 100, before: "b")
                try await scene.event(.push, "b", at: 100, before: "a")
            }
            #expect(try await scene.states(first) == [.queued, .queued])
            #expect(try await scene.states(second) == [.queued, .cancelled])
            #expect(try await fixture.store.jobs(first.id).map(\.attempt) == [1, 2])
        }
    }

    @Test("once a look finds it, when no webhook told of it, and nothing that was known before takes that back")
    func found() async throws {
        try await Fixture.with { fixture in
            let scene = try await Scene(fixture)
            let (store, id) = (fixture.store, scene.project.id)
            let first = try await scene.event(.push, "a", at: 100)
            try await scene.event(.pullRequest, "a", at: 101)
            try await scene.event(.push, "b", at: 200, before: "a")
            let second = try await scene.event(.pullRequest, "b", at: 201, before: "a")
            let heads = [GitRef.branch("topic").description, GitRef.pullRequest(5).description]
            for (commit, refs) in [("b", []), ("a", heads)] {
                try await store.saveHeads(id, seen: [heads[0]: commit, heads[1]: commit])
                #expect(try await store.overtakenHeads(id) == Set(refs))
            }

            let build = try #require(try await scene.find("a"))
            #expect(build.id == first.id && build.state == .queued)
            #expect(try await store.jobs(first.id).map(\.attempt) == [2, 2])
            #expect(try await store.jobs(second.id).map(\.successor) == [first.number, first.number])
            for _ in 0..<2 {
                #expect(try await scene.find("a") == nil)
                #expect(try await store.overtakenHeads(id).isEmpty)
                // Both told once more.
                try await scene.event(.push, "b", at: 200, before: "a")
                try await scene.event(.pullRequest, "b", at: 201, before: "a")
                try await scene.event(.pullRequest, "a", at: 101)
                #expect(try await scene.states(first) == [.queued, .queued])
                #expect(try await scene.states(second) == [.cancelled, .cancelled])
            }
            #expect(try await store.jobs(first.id).map(\.attempt) == [2, 2])
            #expect(try await store.jobs(second.id).map(\.attempt) == [1, 1])

            // What happens later counts as ever, and the branch may be found forced back once more.
            try await scene.event(.pullRequest, "b", at: 300, before: "a")
            #expect(try await scene.states(first) == [.cancelled, .cancelled])
            #expect(try await scene.states(second) == [.cancelled, .queued])
            #expect(try await scene.find("a") != nil)
            #expect(try await scene.states(first) == [.queued, .queued])
            #expect(try await scene.states(second) == [.cancelled, .cancelled])
            #expect(try await store.deliveries(limit: 9).count == 2)
        }
    }

    @Test("an event that came in after the branch was read stays newer than what was found")
    func cameInMeanwhile() async throws {
        try await Fixture.with { fixture in
            let scene = try await Scene(fixture)
            let first = try await scene.event(.pullRequest, "a", at: 100)
            try await scene.event(.pullRequest, "b", at: 200, before: "a")
            let mark = try await fixture.store.eventMark(scene.project.id)
            let third = try await scene.event(.pullRequest, "c", at: 200, before: "b")
            _ = try await scene.find("a", seen: mark)
            #expect(try await scene.states(first) == [.cancelled])
            #expect(try await scene.states(third) == [.queued])
        }
    }

    @Test("what a closed pull request, another branch or a person ended is not run again, although it is a head")
    func endedOtherwise() async throws {
        try await Fixture.with { fixture in
            var scene = try await Scene(fixture)
            let (store, id) = (fixture.store, scene.project.id)
            let closed = try await scene.event(.pullRequest, "a", at: 100)
            try await store.cancelBuilds(
                BuildCancellation(projectID: id, .pullRequest(5), happenedAt: 110, reason: "it was closed"))
            scene.tests.concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let grouped = try await scene.event(.push, "b", at: 200, on: "one")
            try await scene.event(.push, "c", at: 300, on: "two")
            let byHand = try await scene.event(.push, "d", at: 400, on: "three")
            for job in try await store.jobs(byHand.id) { try await store.requestCancel(job.id, reason: "by mona") }
            #expect(try await scene.states(closed) == [.cancelled])
            #expect(try await scene.states(grouped) == [.queued, .cancelled])
            #expect(try await scene.states(byHand) == [.cancelled, .cancelled])
            try await store.saveHeads(
                id, seen: ["refs/heads/topic": "a", "refs/heads/one": "b", "refs/heads/three": "d"])
            #expect(try await store.overtakenHeads(id).isEmpty)
            for (branch, commit) in [("topic", "a"), ("one", "b"), ("three", "d")] {
                #expect(try await scene.find(commit, on: branch) == nil)
            }
        }
    }

    @Test("a branch that is there goes on, although its deletion was told after it was pushed anew")
    func deletion() async throws {
        try await Fixture.with { fixture in
            let scene = try await Scene(fixture)
            let (store, id) = (fixture.store, scene.project.id)
            let build = try await scene.event(.push, "a", at: 100)
            for attempt in 2...3 {
                try await store.cancelBuilds(
                    BuildCancellation(
                        projectID: id, .ref(.branch("topic")), happenedAt: 150, reason: "the branch was deleted"))
                #expect(try await scene.states(build) == [.cancelled, .cancelled])
                try await store.saveHeads(id, seen: [GitRef.branch("topic").description: "a"])
                #expect(try await store.overtakenHeads(id) == [GitRef.branch("topic").description])
                #expect(try await scene.find("a")?.state == .queued)
                #expect(try await scene.find("a") == nil)
                #expect(try await store.jobs(build.id).map(\.attempt) == [attempt, attempt])
            }
        }
    }
}
