import ServiceLifecycle
import Store
import Synchronization

/// A value that is read from the store once and kept until the store says that it changed. Many who ask at the same
/// time cause one read.
actor StoreCache<Value: Sendable>: Service {
    private let changes: ChangeSignal
    private let topics: Set<ChangeSignal.Topic>
    private let read: @Sendable () async throws -> Value
    private let clock = ContinuousClock()

    /// Counts the changes.
    private var generation = 0 {
        didSet { fresh.withLock { $0 = nil } }
    }
    /// The value while nothing changed: whoever asks for it then need not wait for their turn.
    private let fresh = Mutex<(value: Value, generation: Int)?>(nil)
    private var kept: (generation: Int, time: ContinuousClock.Instant, value: Value)?
    private var isReading = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ changes: ChangeSignal, _ topics: Set<ChangeSignal.Topic>, read: @escaping @Sendable () async throws -> Value)
    {
        self.changes = changes
        self.topics = topics
        self.read = read
    }

    /// Notices changes until graceful shutdown.
    func run() async throws {
        // Ended by the shutdown alone: a store that was closed first is no reason to stop answering.
        let (changed, feed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        changes.subscribe(topics, waking: feed)
        // What was read before the subscription may have missed one.
        generation += 1
        await withGracefulShutdownHandler {
            for await _ in changed { generation += 1 }
        } onGracefulShutdown: {
            feed.finish()
        }
    }

    /// The value as it was when this was called, or newer.
    nonisolated func value() async throws -> Value { try await valueWithGeneration().value }

    /// The same, and a number: as long as it is the same one, so is the value.
    nonisolated func valueWithGeneration() async throws -> (value: Value, generation: Int) {
        if let fresh = fresh.withLock({ $0 }) { return fresh }
        return try await currentValue()
    }

    private func currentValue() async throws -> (value: Value, generation: Int) {
        let wanted = generation
        while true {
            if let kept, kept.generation >= wanted { return (kept.value, kept.generation) }
            if !isReading { return try await readOnce() }
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// The value, read anew if the last look is older than that: for whoever cannot believe it.
    func value(notOlderThan age: Duration) async throws -> Value {
        if let kept, kept.generation == generation, clock.now - kept.time > age { generation += 1 }
        return try await value()
    }

    private func readOnce() async throws -> (value: Value, generation: Int) {
        isReading = true
        defer {
            isReading = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        let (began, time) = (generation, clock.now)
        let value = try await read()
        kept = (began, time, value)
        if began == generation { fresh.withLock { $0 = (value, began) } }
        return (value, began)
    }
}
