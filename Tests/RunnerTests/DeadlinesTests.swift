import Testing

@testable import Runner

@Suite("When a script is stopped")
struct DeadlinesTests {
    private func deadlines(startedAt: Int = 0, now: Int = 0) -> Deadlines {
        Deadlines(
            timeout: .seconds(100), stall: .seconds(20), grace: .seconds(10), startedAt: .seconds(startedAt),
            now: .seconds(now))
    }

    @Test("silence ends it: SIGTERM, then SIGKILL, then the engine is given up")
    func ladder() {
        var script = deadlines()
        #expect(script.next == .seconds(20))
        #expect(script.tick(at: .seconds(19)) == nil)
        script.outputBegan()
        script.outputEnded(at: .seconds(15))
        #expect(script.tick(at: .seconds(20)) == nil)
        #expect(script.tick(at: .seconds(35)) == .terminate(.stall))
        #expect(script.cancel("too late", at: .seconds(36)) == nil)
        #expect(script.next == .seconds(45))
        #expect(script.tick(at: .seconds(45)) == .kill)
        #expect(script.tick(at: .seconds(105)) == .giveUp)
        #expect(script.next == nil && script.stop == .stall)
    }

    @Test("the time-out counts from the script's start, silence from when we look")
    func resumed() {
        var script = deadlines(startedAt: -90, now: 0)
        #expect(script.next == .seconds(10))
        #expect(script.tick(at: .seconds(10)) == .terminate(.timeout))
    }

    @Test("a slow start is not the script's time, nor is an engine's absence its silence")
    func slowStart() {
        var script = deadlines()
        script.started(at: .seconds(50))
        #expect(script.next == .seconds(70))
        script.looked(at: .seconds(140))
        #expect(script.next == .seconds(150))
        #expect(script.tick(at: .seconds(150)) == .terminate(.timeout))
    }

    @Test("a script that ended in time is not too late because we look late")
    func endedUnseen() {
        var script = deadlines(startedAt: -1000, now: 0)
        script.exited(at: .zero)
        #expect(script.tick(at: .zero) == nil && script.stop == nil)
    }

    @Test("a slow log is not the script's silence")
    func storing() {
        var script = deadlines()
        script.outputBegan()
        #expect(script.tick(at: .seconds(30)) == nil)
        script.outputEnded(at: .seconds(60))
        #expect(script.next == .seconds(80))
        script.outputBegan()
        #expect(script.tick(at: .seconds(100)) == .terminate(.timeout))
    }

    @Test("after the end only the output counts, and a stream that hangs is left")
    func drain() {
        var script = deadlines()
        script.exited(at: .seconds(3))
        #expect(script.cancel("no", at: .seconds(3)) == nil && script.stop == nil)
        script.outputBegan()
        #expect(script.tick(at: .seconds(9)) == nil)
        script.outputEnded(at: .seconds(10))
        #expect(script.tick(at: .seconds(14)) == nil)
        #expect(script.tick(at: .seconds(15)) == .stopReading)
    }

    @Test("a script that takes the disk gets no time to end, even when it is late; who was cancelled keeps the reason")
    func disk() {
        let blame = DiskWatch.Blame(written: 5, isWhole: true, reserve: 7)
        var script = deadlines()
        #expect(script.end(for: blame, at: .seconds(5)) == .end(.disk(blame)))
        #expect(script.end(for: blame, at: .seconds(6)) == nil && script.stop == .disk(blame))
        #expect(script.tick(at: .seconds(65)) == .giveUp)
        script = deadlines()
        _ = script.cancel("octocat", at: .seconds(5))
        #expect(script.end(for: blame, at: .seconds(6)) == .end(.cancel("octocat")))
        // Its first stop is forgotten: the container of a script that ran too long may be kept, with all that it wrote.
        for (stop, time) in [(Deadlines.Stop.timeout, 100), (.stall, 20)] {
            script = deadlines()
            if stop == .timeout { script.looked(at: .seconds(99)) }
            #expect(script.tick(at: .seconds(time)) == .terminate(stop))
            #expect(script.end(for: blame, at: .seconds(time + 1)) == .end(.disk(blame)))
            #expect(script.stop == .disk(blame))
        }
        script = deadlines()
        script.exited(at: .seconds(3))
        #expect(script.end(for: blame, at: .seconds(4)) == nil && script.stop == nil)
    }

    @Test("a request to stop that comes first wins")
    func cancel() {
        var script = deadlines()
        #expect(script.cancel("octocat", at: .seconds(5)) == .terminate(.cancel("octocat")))
        #expect(script.next == .seconds(15))
        script.exited(at: .seconds(6))
        #expect(script.stop == .cancel("octocat"))
    }
}
