import Store
import Testing

@testable import Controller

@Suite("Who is looked at next")
struct ReconcileScheduleTests {
    private func mark(_ id: Int64, _ commit: String = "c1", isActive: Bool = true, isReady: Bool = true) -> ProjectMark
    {
        ProjectMark(id: id, configCommit: commit, isActive: isActive, isReady: isReady)
    }

    @Test("what changed or is wished for goes before what is new, and that before what failed; the rest can wait")
    func order() {
        let schedule = ReconcileSchedule()
        for id in Int64(1)...5 {
            #expect(schedule.claim(mark(id)))
            schedule.succeeded(mark(id))
        }
        #expect(schedule.claim(mark(5)))
        schedule.failed(mark(5), retryAfter: .zero, interval: .seconds(60))
        schedule.hurry([3])
        let projects = [mark(1), mark(2, "c2"), mark(3), mark(4), mark(5), mark(6, isReady: false), mark(7)]
        #expect(schedule.due(projects, limit: 2).map(\.id) == [2, 3])
        #expect(schedule.due(projects).map(\.id) == [6, 5])
        #expect(schedule.all(projects, notSince: .zero).map(\.id) == [1, 2, 3, 4, 6, 7])
    }

    @Test("a project that changes while the full pass looks at it is looked at again, and by one at a time")
    func busy() {
        let schedule = ReconcileSchedule()
        #expect(schedule.due([mark(1)]).isEmpty, "ready before the start")
        #expect(schedule.claim(mark(1)) && !schedule.claim(mark(1)))
        schedule.hurry([1])
        #expect(schedule.due([mark(1, "c2")]).isEmpty)
        #expect(schedule.next(within: .seconds(60)) == .milliseconds(100))
        schedule.succeeded(mark(1))
        #expect(schedule.due([mark(1, "c2")]).map(\.configCommit) == ["c2"])
        schedule.succeeded(mark(1, "c2"))
        #expect(schedule.due([mark(1, "c2")]).isEmpty)
        #expect(schedule.next(within: .seconds(60)) == .seconds(60))
    }

    @Test("what is no longer declared is cleaned up after what is declared, which may take it over")
    func cleanUp() {
        let schedule = ReconcileSchedule()
        let projects = [mark(1, isActive: false), mark(2, isReady: false)]
        #expect(schedule.due(projects).map(\.id) == [2])
        #expect(schedule.due(projects).isEmpty, "the other one is not done yet")
        schedule.succeeded(mark(2))
        #expect(schedule.due(projects).map(\.id) == [1])
        schedule.release(mark(1))
        #expect(schedule.due(projects, except: [1]).isEmpty)
    }
}
