import Model
import Testing

@testable import Store

@Suite("Closed pull requests")
struct ClosedPullRequestTests {
    private func event(
        _ kind: TriggerEvent.Kind, _ project: ProjectRecord, hooks: [Hook], at time: Int64
    ) throws -> NewBuild {
        var build = try Fixture.newBuild(project, commit: "c1", ref: .branch("topic"))
        build.event.kind = kind
        build.event.pullRequest = kind == .pullRequest ? 5 : nil
        build.event.happenedAt = time
        build.hooks = hooks
        return build
    }

    private func close(_ project: ProjectRecord, in fixture: Fixture, at time: Int64) async throws -> Int {
        try await fixture.store.cancelBuilds(
            BuildCancellation(
                projectID: project.id, .pullRequest(5), happenedAt: time, reason: "pull request #5 was closed"))
    }

    @Test("a job that only a push wants goes on: nothing would bring it back when the pull request is opened again")
    func pushOnly() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            var pushes = try Fixture.hook("pushes")
            pushes.triggers = Triggers(push: .init(), pullRequest: nil)
            let tests = try Fixture.hook("tests")
            try await store.createBuild(event(.push, project, hooks: [pushes, tests], at: 100))
            let build = try #require(
                try await store.createBuild(event(.pullRequest, project, hooks: [tests], at: 101)))
            #expect(try await close(project, in: fixture, at: 110) == 1)
            #expect(try await store.jobs(build.id).map(\.state) == [.queued, .cancelled])
            try await fixture.runNext()
            try await store.createBuild(event(.pullRequest, project, hooks: [tests], at: 120))
            try await fixture.runNext()
            #expect(try await store.build(id: build.id)?.state == .success)
            #expect(try await fixture.status(project, commit: "c1").wanted.state == .success)
            // The next commit's push runs it too, so the older one still makes room.
            let again = try await store.rerun(build.id, pushes.id)
            var next = try event(.pullRequest, project, hooks: [tests], at: 130)
            next.event.commit = "c2"
            try await store.createBuild(next)
            #expect(try await store.job(again.id)?.state == .cancelled)
        }
    }

    @Test("a delivery that comes after the one that closed the pull request makes no jobs that go on")
    func late() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let project = try await fixture.declare(["a"])[0]
            let tests = try Fixture.hook("tests")
            #expect(try await close(project, in: fixture, at: 200) == 0)
            _ = try await store.inbox.store(Fixture.delivery("late"))
            let delivery = try #require(try await store.deliveries(limit: 1).first)
            let late = try event(.pullRequest, project, hooks: [tests], at: 150)
            let build = try #require(try await store.finishDelivery(delivery.id, decision: "runs", build: late))
            #expect(build.state == .cancelled)
            #expect(try await store.jobs(build.id).map(\.reason) == ["pull request #5 was closed"])
            #expect(
                try await store.deliveries(limit: 1).first?.decision
                    == "runs; pull request #5 was closed meanwhile; 1 job cancelled")
            let again = try await store.createBuild(event(.pullRequest, project, hooks: [tests], at: 250))
            #expect(again?.id == build.id && again?.state == .queued)
        }
    }
}
