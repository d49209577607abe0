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
}
