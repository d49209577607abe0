import Testing

@testable import Runner

@Suite("Waiting for each other")
struct TurnsTests {
    @Test("one at a time for each key; who is cancelled while waiting leaves the queue")
    func turns() async throws {
        let turns = Turns<String>()
        let (waits, waiting) = AsyncStream.makeStream(of: Void.self)
        var arrived = waits.makeAsyncIterator()
        try await turns.begin("a")
        try await turns.take("b") {}
        func queue(_ value: Int) -> Task<Int, any Error> {
            Task {
                try await turns.begin("a") { waiting.yield() }
                await turns.end("a")
                return value
            }
        }
        let first = queue(1)
        await arrived.next()
        let second = queue(2)
        await arrived.next()
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        await turns.end("a")
        #expect(try await first.value == 1)
        #expect(try await turns.take("a") { 3 } == 3)
        await #expect(throws: LogFailure.self) { try await turns.take("a") { throw LogFailure() } }
        #expect(try await turns.take("a") { 4 } == 4)
    }

    struct LogFailure: Error {}

    @Test("a sleep is ended early, also before it began, and only once", .timeLimit(.minutes(5)))
    func pause() async throws {
        let pause = Pause()
        pause.end()
        #expect(await pause.sleep(.seconds(3600)))
        #expect(await !pause.sleep(.milliseconds(1)))
        async let ended = pause.sleep(.seconds(3600))
        pause.end()
        #expect(await ended)
        let cancelled = Task { await pause.sleep(.seconds(3600)) }
        cancelled.cancel()
        #expect(await !cancelled.value)
    }

    @Test("the first reason to stop wins, for those who wait and those who come later")
    func control() async throws {
        let control = JobControl()
        async let early = control.wait()
        let given = Task { try await control.wait() }
        given.cancel()
        await #expect(throws: CancellationError.self) { try await given.value }
        control.cancel(reason: "one")
        control.cancel(reason: "two")
        #expect(try await early == "one")
        #expect(try await control.wait() == "one")
        #expect(control.reason == "one")
    }
}
