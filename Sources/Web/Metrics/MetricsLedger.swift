import Foundation
import Model
import ServiceLifecycle
import Store

/// Adds up what ends, from the start of the server on. What is open now is asked of the store each time.
actor MetricsLedger: Service {
    private let store: Store
    private var cursor: FiguresCursor?
    private(set) var jobs: [JobState: Int] = [:]
    private(set) var waits = MetricHistogram([1, 5, 15, 60, 300, 900, 3600])
    private(set) var durations = MetricHistogram([1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600])
    private(set) var cache: [Bool: Int] = [:]
    private(set) var received = 0
    private(set) var decided: [StoreFigures.EndedDelivery: Int] = [:]
    private var isLooking = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(store: Store) { self.store = store }

    /// Begins to count, and counts now and then although nobody asks, so that there is never much to count at once.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                _ = try? await self.look()
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    /// The figures of now; what ended is in the sums.
    func look() async throws -> StoreFigures {
        // One at a time, or what ended would be counted twice.
        while isLooking { await withCheckedContinuation { waiting.append($0) } }
        isLooking = true
        defer {
            isLooking = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        let (figures, next) = try await store.figures(since: cursor)
        cursor = next
        for job in figures.endedJobs {
            jobs[job.state, default: 0] += 1
            if let waited = job.waited { waits.observe(waited) }
            if let took = job.took { durations.observe(took) }
            if let isReused = job.isCacheReused { cache[isReused, default: 0] += 1 }
        }
        received += figures.receivedDeliveries
        for (end, count) in figures.endedDeliveries { decided[end, default: 0] += count }
        return figures
    }
}
