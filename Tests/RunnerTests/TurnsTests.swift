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

    @Test(
        "work is cancelled when the job shall stop; what it made nevertheless counts, and what is not waited for does not"
    )
    func stopping() async throws {
        let control = JobControl()
        #expect(try await control.stopping { 1 } == 1)
        #expect(try await control.unlessStopped { 2 } == 2)
        await #expect(throws: Failed.self) { try await control.stopping { throw Failed() } }
        await #expect(throws: Failed.self) { try await control.unlessStopped { throw Failed() } as Int? }
        let (begun, feed) = AsyncStream.makeStream(of: Void.self)
        let (ends, ending) = AsyncStream.makeStream(of: Void.self)
        let stubborn = Task {
            try await control.stopping {
                feed.yield()
                try? await Task.sleep(for: .seconds(3600))
                return Task.isCancelled ? 3 : 0
            }
        }
        let abandoned = Task {
            try await control.unlessStopped {
                feed.yield()
                // Deaf to the cancellation, which ends the loop over a stream of its own task only.
                return await Task { await ends.first { _ in true } == nil ? 0 : 5 }.value
            }
        }
        var both = begun.makeAsyncIterator()
        await both.next()
        await both.next()
        control.cancel(reason: "enough")
        #expect(try await stubborn.value == 3)
        #expect(try await abandoned.value == nil)
        await #expect(throws: CancellationError.self) { try await control.stopping { 4 } }
        ending.finish()
    }

    private struct Failed: Error {}
}
